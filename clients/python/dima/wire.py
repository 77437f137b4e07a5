"""Messages as msgpack; an array is one block of bytes.

An array is the map ``{"__ndarray__": True, "dtype": "<f4", "shape": [2, 3], "data": <bytes>}``. On
the way in keys may be text or bytes, as other encoders of this convention write them.
"""

from __future__ import annotations

import math
from typing import Any, Mapping

import msgpack
import numpy as np

from .errors import DimaError

_NUMBERS = "fiu"


def pack(value: Any) -> bytes:
    """One value, with NumPy arrays and scalars anywhere in it. TypeError for what can't be sent."""
    return msgpack.packb(value, default=_encode)


def unpack(data: bytes) -> Any:
    """One value; arrays are the caller's own and writable. DimaError ``invalid_reply``."""
    try:
        return msgpack.unpackb(data, object_hook=_decode, strict_map_key=False)
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise DimaError("invalid_reply", f"what came is not readable msgpack: {error}") from error


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return _marker(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} can't be sent")


def _marker(array: np.ndarray) -> Any:
    if array.dtype.kind == "b":
        return array.tolist()
    if array.dtype.kind not in _NUMBERS:
        raise TypeError(f"an array of {array.dtype} can't be sent, only real numbers")
    if array.dtype.itemsize not in (1, 2, 4, 8) or array.dtype == np.float16:
        array = array.astype(np.float32)
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return {
        "__ndarray__": True,
        "dtype": little.dtype.str,
        "shape": list(little.shape),
        "data": little.tobytes(),
    }


def _decode(fields: Mapping[Any, Any]) -> Any:
    if "__ndarray__" in fields:
        return _array(fields["dtype"], fields["shape"], fields["data"])
    if b"__ndarray__" in fields:
        return _array(fields[b"dtype"], fields[b"shape"], fields[b"data"])
    return fields


def _array(dtype: Any, shape: Any, data: Any) -> np.ndarray:
    kind = np.dtype(dtype.decode() if isinstance(dtype, bytes) else dtype)
    if kind.kind not in _NUMBERS + "b" or not isinstance(data, bytes):
        raise ValueError(f"no array of numbers: {kind}")
    if len(data) != math.prod(shape) * kind.itemsize:
        raise ValueError(f"{len(data)} bytes for an array of shape {list(shape)} and {kind}")
    # A copy: what frombuffer gives is read-only, and shares the memory of the whole message.
    return np.frombuffer(data, kind).reshape(shape).astype(kind.newbyteorder("="))
