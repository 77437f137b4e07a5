"""Fields of requests, checked before anything moves."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .declared import MOST_COPIES, Declared
from .errors import BridgeError
from .finite import finite
from .wire import WireError, array, unpack

_MOST = 2**53 - 1


def read_request(frame: Any) -> Tuple[int, Dict[str, Any]]:
    """A frame's id and fields. BridgeError ``invalid_request``, fatal, if it is no message."""
    if isinstance(frame, str):
        raise _no_message("a text frame is no message: marl-env/1 speaks msgpack")
    try:
        message = unpack(frame)
    except WireError as error:
        raise _no_message(f"this is no message: {error}") from None
    if not isinstance(message, dict):
        raise _no_message("this is no message: a map was expected")
    number = whole(message.get("id"))
    if number is None or number > 2**32 - 1:
        raise _no_message("this message has no id: an integer from 0 to 4294967295")
    return number, message


def copies(message: Dict[str, Any]) -> int:
    """``num_envs`` of ``make``."""
    count = whole(message.get("num_envs"))
    if count is None or not 1 <= count <= MOST_COPIES:
        given = _short(message.get("num_envs"))
        raise _invalid(f"num_envs is {given}, expected 1 to {MOST_COPIES}")
    return count


def first_seed(message: Dict[str, Any]) -> Optional[int]:
    """``seed`` of ``make``."""
    return None if message.get("seed") is None else _seed(message["seed"])


def seeds(value: Any, count: int) -> Optional[List[int]]:
    """``seed`` of ``reset``, one for each copy."""
    if value is None:
        return None
    if not isinstance(value, dict):
        first = _seed(value)
        return [first + copy for copy in range(count)]
    given = _array(value, "seed", "invalid_request")
    if given.dtype != np.uint32 or given.shape != (count,):
        raise _invalid(f"seed is {_shape(given)}, expected <u4 [{count}] or an integer")
    return given.tolist()


def mask(value: Any, count: int) -> Optional[np.ndarray]:
    """``mask`` of ``reset``: [N] bool."""
    if value is None:
        return None
    given = _array(value, "mask", "invalid_request")
    if given.dtype != np.uint8 or given.shape != (count,) or given.max(initial=0) > 1:
        raise _invalid(f"mask is {_shape(given)}, expected |u1 [{count}] of 0 and 1")
    return given.astype(bool)


def joint_action(value: Any, declared: Declared) -> Dict[str, np.ndarray]:
    """``actions`` of ``step``: agent -> [N, a]. BridgeError ``invalid_action`` names the agent."""
    if not isinstance(value, dict):
        raise BridgeError("invalid_action", "actions is no map by agent")
    for agent in value:
        if agent not in declared.actions:
            known = ", ".join(declared.agents[:8])
            raise BridgeError("invalid_action", f"{_short(agent)} is no agent; there are {known}")
    return {agent: _action(value, agent, declared) for agent in declared.agents}


def one_copy(value: Any, count: int) -> int:
    """``copy`` of ``render``."""
    copy = 0 if value is None else whole(value)
    if copy is None or copy >= count:
        raise _invalid(f"copy is {_short(value)}, expected 0 to {count - 1}")
    return copy


def whole(value: Any) -> Optional[int]:
    """An integer from 0 on; JavaScript's writers may send it as a float. None for all else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not 0 <= value <= _MOST or value != int(value):
        return None
    return int(value)


def _action(actions: Dict[str, Any], agent: str, declared: Declared) -> np.ndarray:
    if actions.get(agent) is None:
        raise BridgeError("invalid_action", f"the action of {agent} is missing")
    space, shape = declared.actions[agent], (declared.num_envs, declared.actions[agent].size)
    what = f"the action of {agent}"
    given = _array(actions[agent], what, "invalid_action")
    if given.dtype.kind != "f" or given.shape != shape:
        expected = f"{space.dtype.str} {list(shape)}"
        raise BridgeError("invalid_action", f"{what} is {_shape(given)}, expected {expected}")
    numbers = given if given.dtype == space.dtype else _cast(given, space.dtype)
    if not finite(numbers):
        copy, entry = np.argwhere(~np.isfinite(numbers))[0]
        number = float(given[copy, entry])
        raise BridgeError(
            "invalid_action", f"{what} is {number} in copy {copy}, entry {entry}: not finite"
        )
    for group in space.groups():
        _check_choice(numbers[:, group], group, what)
    return numbers


def _check_choice(rows: np.ndarray, group: slice, what: str) -> None:
    whole_number = ((rows == 0) | (rows == 1)).all(axis=1)
    for copy in np.flatnonzero(~(whole_number & (rows.sum(axis=1) == 1)))[:1]:
        given = ", ".join(f"{number:g}" for number in rows[copy][:8])
        raise BridgeError(
            "invalid_action",
            f"{what} is no choice in copy {copy}, entries {group.start} to {group.stop - 1}: one "
            f"has to be 1 and the others 0, given {given}",
        )


def _cast(given: np.ndarray, dtype: Any) -> np.ndarray:
    with np.errstate(over="ignore"):  # what is beyond float32 is told as not finite
        return given.astype(dtype)


def _array(value: Any, what: str, code: str) -> np.ndarray:
    try:
        return array(value)
    except WireError as error:
        raise BridgeError(code, f"{what} can't be read: {error}") from None


def _seed(value: Any) -> int:
    seed = whole(value)
    if seed is None:
        raise _invalid(f"seed is {_short(value)}, expected an integer from 0 on")
    return seed


def _shape(given: np.ndarray) -> str:
    return f"{given.dtype.str} {list(given.shape)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "..."


def _invalid(message: str) -> BridgeError:
    return BridgeError("invalid_request", message)


def _no_message(message: str) -> BridgeError:
    return BridgeError("invalid_request", message, fatal=True)
