"""Seeds of sessions. The client always sends one: a reset that had to be sent twice then gives the
same episode twice."""

from __future__ import annotations

import operator
from typing import Any, Optional

import numpy as np

from .errors import wrong_field

_SEEDS = 2**32


class SeedStream:
    """Seeds of one episode after the other."""

    def __init__(self, seed: Optional[int] = None) -> None:
        self._random = np.random.default_rng(seed)

    def next(self, given: Optional[int]) -> int:
        """The given one, from which the stream starts afresh, or the next of the stream."""
        if given is None:
            return int(self._random.integers(_SEEDS))
        seed = checked_seed(given)
        self._random = np.random.default_rng(seed)
        return seed


def checked_seed(seed: Any, field: str = "seed") -> int:
    """DimaError ``invalid_request`` unless it is an integer from 0 to 2**32 - 1."""
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if 0 <= number < _SEEDS:
        return number
    message = f"{field} is {seed!r}, expected an integer from 0 to {_SEEDS - 1}"
    raise wrong_field("invalid_request", field, message, "integer", repr(seed))
