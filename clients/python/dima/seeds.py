"""Seeds of sessions. The client always sends one: a reset that had to be sent twice then gives the
same episode twice."""

from __future__ import annotations

import operator
import secrets
from typing import Any, Optional

import numpy as np

from .errors import wrong_field

_SEEDS = 2**32


class SeedStream:
    """Seeds of one episode after the other.

    random  what they are drawn from
    seed    what it began with; -1 when it was put here from outside
    """

    def __init__(self, seed: Optional[int] = None) -> None:
        self._begin(secrets.randbelow(_SEEDS) if seed is None else seed)

    def next(self, given: Optional[int]) -> int:
        """The given one, from which the stream starts afresh, or the next of the stream."""
        if given is None:
            return int(self.random.integers(_SEEDS))
        seed = checked_seed(given)
        self._begin(seed)
        return seed

    def _begin(self, seed: int) -> None:
        self.seed = seed
        self.random = np.random.default_rng(seed)


class Seeded:
    """``np_random`` as Gymnasium has it: what the seeds of episodes without one are drawn from."""

    _seeds: SeedStream

    @property
    def np_random(self) -> np.random.Generator:
        return self._seeds.random

    @np_random.setter
    def np_random(self, value: np.random.Generator) -> None:
        self._seeds.random, self._seeds.seed = value, -1

    @property
    def np_random_seed(self) -> int:
        return self._seeds.seed

    @property
    def _np_random(self) -> np.random.Generator:
        """Where Gymnasium's own checks look."""
        return self._seeds.random


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
