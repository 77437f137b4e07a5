"""What a reset of many environments is asked with: a seed and a start for each, and for which."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Union

import numpy as np

from .errors import DimaError
from .seeds import SeedStream, checked_seed
from .starts import start_fields

Seeds = Union[None, int, Sequence[Union[None, int]]]


def drawn_seeds(stream: SeedStream, seed: Seeds, count: int) -> List[int]:
    """One for each: given, counted up from a single one as Gymnasium does, or drawn."""
    if seed is None:
        return [stream.next(None) for _ in range(count)]
    if np.ndim(seed) == 0:
        first = stream.next(seed)
        return [(first + row) % 2**32 for row in range(count)]
    given = list(seed)
    _check_count("seeds", given, count)
    return [
        stream.next(None) if own is None else checked_seed(own, f"seed[{row}]")
        for row, own in enumerate(given)
    ]


def starts_of(options: Mapping[str, Any], count: int) -> List[Dict[str, Any]]:
    """The part of each message that names the start: ``start`` for all, ``starts``, or none."""
    one, many = options.get("start"), options.get("starts")
    if many is None:
        own = {} if one is None else {"start": start_fields(one, "options.start")}
        return [own] * count
    _check_count("starts", many, count)
    named = [(start, f"options.starts[{row}]") for row, start in enumerate(many)]
    return [{"start": start_fields(start, field)} for start, field in named]


def reset_mask(mask: Any, count: int, begun: bool) -> np.ndarray:
    """[E], which ones; the first time all of them."""
    if mask is None:
        return np.ones(count, bool)
    array = np.asarray(mask)
    if array.shape != (count,) or array.dtype != bool:
        raise DimaError("invalid_shape", f"reset_mask is not an array of {count} booleans")
    if not begun and not array.all():
        raise DimaError("not_reset", "the first reset has to be of all environments")
    return array


def _check_count(what: str, given: Sequence[Any], count: int) -> None:
    if len(given) != count:
        raise DimaError("invalid_shape", f"{len(given)} {what} for {count} environments")
