"""Spaces of actions, observations and states: Gymnasium's Box, or a small one without Gymnasium."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Dict as Mapped, Iterator, List, Mapping, Optional, Tuple

import numpy as np

try:
    from gymnasium.spaces import Box, Dict
except ImportError:

    class Box:  # type: ignore[no-redef]
        """Arrays of one shape and dtype between two bounds, which belong to it; as in Gymnasium."""

        def __init__(
            self, low: Any, high: Any, shape: Tuple[int, ...], dtype: Any = np.float32
        ) -> None:
            self.shape = tuple(shape)
            self.dtype = np.dtype(dtype)
            self.low = np.broadcast_to(np.asarray(low, self.dtype), self.shape).copy()
            self.high = np.broadcast_to(np.asarray(high, self.dtype), self.shape).copy()
            self._random = np.random.default_rng()

        def seed(self, seed: Optional[int] = None) -> List[Optional[int]]:
            """Starts the stream of samples afresh."""
            self._random = np.random.default_rng(seed)
            return [seed]

        def sample(self) -> np.ndarray:
            """Uniform between two bounds, exponential from a single one, normal without any."""
            low, high = self.low.astype(np.float64), self.high.astype(np.float64)
            has_low, has_high = np.isfinite(low), np.isfinite(high)
            tail = self._random.exponential(size=self.shape)
            sample = self._random.normal(size=self.shape)
            sample = np.where(has_low & ~has_high, np.where(has_low, low, 0) + tail, sample)
            sample = np.where(has_high & ~has_low, np.where(has_high, high, 0) - tail, sample)
            both = has_low & has_high
            between = self._random.uniform(np.where(both, low, 0), np.where(both, high, 1))
            return np.where(both, between, sample).astype(self.dtype)

        def contains(self, x: Any) -> bool:
            """Whether ``x`` is such an array; lists are none."""
            return (
                isinstance(x, np.ndarray)
                and x.shape == self.shape
                and np.can_cast(x.dtype, self.dtype)
                and bool(np.all(x >= self.low) and np.all(x <= self.high))
            )

        def __contains__(self, x: Any) -> bool:
            return self.contains(x)

        def __eq__(self, other: Any) -> bool:
            return (
                isinstance(other, Box)
                and (self.shape, self.dtype) == (other.shape, other.dtype)
                and np.array_equal(self.low, other.low)
                and np.array_equal(self.high, other.high)
            )

        def __repr__(self) -> str:
            low, high = self.low.min(initial=np.inf), self.high.max(initial=-np.inf)
            return f"Box({low}, {high}, {self.shape}, {self.dtype})"

    class Dict(Mapping):  # type: ignore[no-redef, type-arg]
        """A space by name; values are dictionaries with one of each."""

        def __init__(self, spaces: Mapping[str, Box]) -> None:
            self.spaces = dict(spaces)

        def seed(self, seed: Optional[int] = None) -> Mapped[str, Optional[int]]:
            """Starts the streams of samples afresh, each with a seed of its own."""
            seeds = np.random.default_rng(seed).integers(2**31, size=len(self.spaces))
            return {name: self[name].seed(int(own))[0] for name, own in zip(self.spaces, seeds)}

        def sample(self) -> Mapped[str, np.ndarray]:
            return {name: space.sample() for name, space in self.spaces.items()}

        def contains(self, x: Any) -> bool:
            return (
                isinstance(x, dict)
                and x.keys() == self.spaces.keys()
                and all(space.contains(x[name]) for name, space in self.spaces.items())
            )

        def __getitem__(self, name: str) -> Box:
            return self.spaces[name]

        def __iter__(self) -> Iterator[str]:
            return iter(self.spaces)

        def __len__(self) -> int:
            return len(self.spaces)

        def __contains__(self, x: Any) -> bool:
            return self.contains(x)

        def __eq__(self, other: Any) -> bool:
            return isinstance(other, Dict) and self.spaces == other.spaces

        def __repr__(self) -> str:
            return f"Dict({', '.join(f'{name!r}: {own}' for name, own in self.spaces.items())})"


class ByAgent(Dict):
    """A space of each agent, which answers to a call as PettingZoo's environments do:
    ``env.action_space("agent_0")``."""

    def __init__(self, spaces: Mapping[str, Box]) -> None:
        super().__init__(OrderedDict(spaces))  # others are sorted by name

    def __call__(self, agent: str) -> Box:
        return self.spaces[agent]


def unbounded(shape: Tuple[int, ...], dtype: Any = np.float32) -> Box:
    """All finite arrays of a shape."""
    return Box(-np.inf, np.inf, shape, dtype)
