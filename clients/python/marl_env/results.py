"""What an environment returned, checked against what it declared, ready to be packed."""

from __future__ import annotations

import math
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
            return per_copy(rewards, "the reward", count)
        agents = self._declared.agents
        return {agent: per_copy(*_pick(rewards, agent, "reward"), count) for agent in agents}

    def _flags(self, flags: Any, what: str) -> np.ndarray:
        count = self._declared.num_envs
        if isinstance(flags, np.ndarray) and flags.dtype == bool and flags.shape == (count,):
            return flags.copy()
        array = _column(as_numpy(flags, what), count)
        if array.shape != (count,):
            raise _failed(f"{what} has shape {list(array.shape)}, expected {[count]}")
        for copy in np.flatnonzero((array != 0) & (array != 1))[:1]:
            raise _failed(f"{what} of copy {copy} is {array[copy]}, not true or false")
        return array != 0

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


def per_copy(value: Any, what: str, count: int) -> np.ndarray:
    """[count] of numbers, float64 where they are, else float32; [count, 1] is taken flat."""
    array = _column(as_numpy(value, what, "fiu"), count)
    return _checked(array, (count,), what, travelling(array.dtype))


def one_number(value: Any, what: str) -> float:
    """Of a number, or an array of one. BridgeError ``env_failed``."""
    number = float(_single(as_numpy(value, what, "fiu"), what))
    if not math.isfinite(number):
        raise _failed(f"{what} is {number}")
    return number


def one_flag(value: Any, what: str) -> bool:
    """Of a truth value, 0 or 1, or an array of one. BridgeError ``env_failed``."""
    if value is True or value is False:
        return value
    flag = _single(as_numpy(value, what), what)
    if flag != 0 and flag != 1:
        raise _failed(f"{what} is {flag}, not true or false")
    return bool(flag)


def as_numpy(value: Any, what: str, kinds: str = "fiub") -> np.ndarray:
    """Of torch tensors on any device, lists, arrays. BridgeError ``env_failed``.

    kinds  of NumPy, that are taken
    """
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise _failed(f"{what} is {type(value).__name__}, not an array of numbers") from None
    if array.dtype.kind not in kinds:
        expected = "an array of numbers" if array.ndim else "a number"
        raise _failed(f"{what} is {_kind(value, array)}, not {expected}")
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
        copy = " (first index: the copy)" if len(shape) > 1 and shape[0] > 1 else ""
        raise _failed(f"{what}{at} is {float(array[tuple(place)])}{copy}")
    return array


def _column(array: np.ndarray, count: int) -> np.ndarray:
    """[count], of [count, 1, ...]; what is of another size stays."""
    one_each = array.size == count and (count == 1 or array.shape[0] == count)
    return array.reshape(count) if one_each else array


def _single(array: np.ndarray, what: str) -> Any:
    if array.size != 1:
        raise _failed(f"{what} has shape {list(array.shape)}, expected one number")
    return array.reshape(())[()]


def _pick(by_agent: Any, agent: str, what: str) -> Tuple[Any, str]:
    if not isinstance(by_agent, Mapping) or agent not in by_agent:
        raise _failed(f"there is no {what} for {agent}")
    return by_agent[agent], f"the {what} of {agent}"


def _bits(flags: np.ndarray) -> np.ndarray:
    return flags.astype(np.uint8)


def _kind(value: Any, array: np.ndarray) -> str:
    plain = array.dtype.kind == "O" or not array.ndim
    return type(value).__name__ if plain else f"an array of {array.dtype}"


def _failed(message: str) -> BridgeError:
    return BridgeError("env_failed", f"the environment broke its word: {message}")
