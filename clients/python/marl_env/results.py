"""What an environment returned, checked against what it declared, ready to be packed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Dict, Optional, Tuple

import numpy as np

from .declared import Declared
from .errors import BridgeError
from .finite import finite
from .spaces import Space, travelling


class Results:
    """Turns results into fields of answers. BridgeError ``env_failed`` names what does not fit."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared

    def observed(self, result: Any) -> Dict[str, Any]:
        """The fields ``obs`` and ``state`` of a result that has observations and a state."""
        return self._seen(result, self._declared.num_envs, "")

    def stepped(self, result: Any, before: np.ndarray) -> Dict[str, Any]:
        """All fields of ``step_ok`` but its time. ``before``: [N] bool, copies that had ended."""
        fields = self.observed(result)
        fields["reward"] = self._reward(result.rewards)
        terminated, truncated = (
            self._flags(getattr(result, name), name) for name in ("terminated", "truncated")
        )
        truncated &= ~terminated
        fields["terminated"], fields["truncated"] = _bits(terminated), _bits(truncated)
        if self._declared.autoreset == "next_step":
            self._check_reset(before, fields)
        if self._declared.autoreset == "same_step":
            fields.update(self._final(result.final, np.flatnonzero(terminated | truncated)))
        info = getattr(result, "info", None)
        if info:
            fields["info"] = {str(name): row_info(value) for name, value in info.items()}
        return fields

    def _seen(self, result: Any, rows: int, last: str) -> Dict[str, Any]:
        by_agent, spaces = result.observations, self._declared.observations
        observations = {
            agent: rows_of(*_pick(by_agent, agent, f"{last}observation"), rows, space)
            for agent, space in spaces.items()
        }
        return {"obs": observations, "state": self._state(result.state, rows, last)}

    def _state(self, state: Any, rows: int, last: str) -> Optional[np.ndarray]:
        space = self._declared.state
        return None if space is None else rows_of(state, f"the {last}state", rows, space)

    def _reward(self, rewards: Any) -> Any:
        count = self._declared.num_envs
        if self._declared.reward == "shared":
            return numbers(rewards, "the reward", (count,))
        agents = self._declared.agents
        return {agent: numbers(*_pick(rewards, agent, "reward"), (count,)) for agent in agents}

    def _flags(self, flags: Any, what: str) -> np.ndarray:
        shape = (self._declared.num_envs,)
        if isinstance(flags, np.ndarray) and flags.dtype == bool and flags.shape == shape:
            return flags.copy()
        return numbers(flags, what, shape) != 0

    def _check_reset(self, before: np.ndarray, fields: Dict[str, Any]) -> None:
        """What is really reset otherwise would mix episodes without anyone's notice."""
        rewards = fields["reward"]
        moved = fields["terminated"] | fields["truncated"]
        for reward in rewards.values() if isinstance(rewards, dict) else [rewards]:
            moved = moved | (reward != 0)
        for copy in np.flatnonzero(moved.astype(bool) & before)[:1]:
            raise _failed(
                f"autoreset is next_step, yet copy {copy} has a reward or an end in the step that "
                "resets it"
            )

    def _final(self, final: Any, ended: np.ndarray) -> Dict[str, Any]:
        if not len(ended):
            return {}
        if final is None or np.asarray(final.index).tolist() != ended.tolist():
            said = None if final is None else np.asarray(final.index).tolist()
            raise _failed(f"copies {ended.tolist()} ended, final observations are of {said}")
        index = ended.astype(np.int32)
        return {"final": dict(self._seen(final, len(ended), "final "), index=index)}


def rows_of(value: Any, what: str, rows: int, space: Space) -> np.ndarray:
    """[rows, size] in the space's dtype, of [rows, *shape]."""
    array = as_numpy(value, what)
    if array.shape == (rows,) + space.shape:
        array = array.reshape(rows, space.size)
    return _checked(array, (rows, space.size), what, space.dtype)


def numbers(value: Any, what: str, shape: Tuple[int, ...]) -> np.ndarray:
    """float64 where it is, else float32. BridgeError ``env_failed``."""
    array = as_numpy(value, what)
    return _checked(array, shape, what, travelling(array.dtype))


def as_numpy(value: Any, what: str) -> np.ndarray:
    """Of torch tensors on any device, lists, arrays. BridgeError ``env_failed``."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise _failed(f"{what} is {type(value).__name__}, not an array of numbers") from None
    if array.dtype.kind not in "fiub":
        raise _failed(f"{what} is {_kind(value, array)}, not an array of numbers")
    return array


def row_info(value: Any) -> Any:
    """An array of a dtype that travels, or the maps and plain values that infos may have."""
    if isinstance(value, Mapping):
        return {str(name): row_info(inner) for name, inner in value.items()}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    array = as_numpy(value, "an info")
    kind = np.uint8 if array.dtype.kind == "b" else travelling(array.dtype)
    return np.ascontiguousarray(array, kind)


def _checked(array: np.ndarray, shape: Tuple[int, ...], what: str, dtype: Any) -> np.ndarray:
    if array.shape != shape:
        raise _failed(f"{what} has shape {list(array.shape)}, expected {list(shape)}")
    array = np.ascontiguousarray(array, dtype)
    if not finite(array):
        place = np.argwhere(~np.isfinite(array))[0]
        at = "".join(f"[{i}]" for i in place)
        raise _failed(f"{what}{at} is {float(array[tuple(place)])} (first index: the copy)")
    return array


def _pick(by_agent: Any, agent: str, what: str) -> Tuple[Any, str]:
    if not isinstance(by_agent, Mapping) or agent not in by_agent:
        raise _failed(f"there is no {what} for {agent}")
    return by_agent[agent], f"the {what} of {agent}"


def _bits(flags: np.ndarray) -> np.ndarray:
    return flags.astype(np.uint8)


def _kind(value: Any, array: np.ndarray) -> str:
    return type(value).__name__ if array.dtype.kind == "O" else f"an array of {array.dtype}"


def _failed(message: str) -> BridgeError:
    return BridgeError("env_failed", f"the environment broke its word: {message}")
