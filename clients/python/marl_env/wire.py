"""Messages of marl-env/1 as msgpack; an array is the map {"nd": dtype, "s": shape, "d": bytes}.

Arrays stay maps until the field they stand in is read: what is wrong with one is then told by the
name of that field. Nothing is ever pickled.
"""

from __future__ import annotations

from typing import Any, List

import msgpack
import numpy as np

DTYPES = ("<f4", "<f8", "<i4", "<u4", "|u1")
"""All that travel: little endian, plain numbers"""

LARGEST = 2**26
"""Bytes of a message"""

LEVELS, VALUES = 16, 2**20
"""How deep a message is nested at most, and how many values it has outside of arrays' bytes"""

_KEYS = ("nd", "s", "d")
_KINDS = {dtype: np.dtype(dtype) for dtype in DTYPES}


class WireError(ValueError):
    """Bytes that are no message, or a map that is no array; says why."""


def pack(message: Any) -> bytes:
    """One message, with arrays of DTYPES and NumPy scalars anywhere in it. TypeError for others."""
    return msgpack.packb(message, default=_encode, use_bin_type=True)


def unpack(data: Any) -> Any:
    """One message from bytes or any buffer; arrays are still maps. WireError."""
    try:
        message = msgpack.unpackb(
            data, raw=False, max_array_len=VALUES, max_map_len=VALUES, max_ext_len=0
        )
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        told = str(error) or type(error).__name__
        raise WireError(f"it is not readable msgpack ({told})") from None
    if isinstance(message, (dict, list)):
        _check_extent(message)
    return message


def array(value: Any) -> np.ndarray:
    """What an array map holds: an array of the caller's own, writable and aligned. WireError."""
    dtype, shape, data = _parts(value)
    kind = _KINDS.get(dtype) if isinstance(dtype, str) else None
    if kind is None:
        raise WireError(f"it has dtype {_short(dtype)}, expected one of {', '.join(DTYPES)}")
    if not isinstance(shape, list) or len(shape) > 8 or not all(map(_is_length, shape)):
        raise WireError(f"it has shape {_short(shape)}, expected a list of lengths")
    if not isinstance(data, bytes):
        raise WireError(f"its numbers are {type(data).__name__}, expected bytes")
    shape, count = [int(length) for length in shape], 1
    for length in shape:
        count *= length
    if len(data) != count * kind.itemsize:
        raise WireError(f"{len(data)} bytes are no array of {dtype} with shape {shape}")
    # A copy: what frombuffer gives is read-only and may be unaligned.
    try:
        return np.frombuffer(data, kind).reshape(shape).astype(kind.newbyteorder("="))
    except ValueError as error:
        raise WireError(f"{_short(shape)} is no shape of an array ({error})") from None


def _parts(value: Any) -> List[Any]:
    """dtype, shape and data; openpi's way of writing has keys and dtype as bytes."""
    if not isinstance(value, dict):
        raise WireError(f"it is {_kind(value)}, expected an array {{nd, s, d}}")
    try:
        dtype, shape, data = [value[key] if key in value else value[key.encode()] for key in _KEYS]
    except KeyError:
        raise WireError("it is a map without nd, s and d, expected an array") from None
    return [dtype.decode("latin-1") if isinstance(dtype, bytes) else dtype, shape, data]


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.str in DTYPES:
        return {"nd": value.dtype.str, "s": list(value.shape), "d": value.tobytes()}
    if isinstance(value, np.generic):
        return value.item()
    kind = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else _kind(value)
    raise TypeError(f"{kind} can't be sent")


def _check_extent(message: Any) -> None:
    """Level by level, so that no depth of nesting can exhaust the stack."""
    level, values = [message], 1
    for _ in range(LEVELS):
        within = [value.values() if isinstance(value, dict) else value for value in level]
        values += sum(map(len, within))
        if values > VALUES:
            raise WireError(f"it has more than {VALUES} values")
        level = [item for items in within for item in items if isinstance(item, (dict, list))]
        if not level:
            return
    raise WireError(f"it is nested more than {LEVELS} levels deep")


def _is_length(value: Any) -> bool:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return whole and not isinstance(value, bool) and 0 <= value <= LARGEST


def _kind(value: Any) -> str:
    return "nil" if value is None else type(value).__name__


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:40] + "..."
