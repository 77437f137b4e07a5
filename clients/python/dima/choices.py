"""Spaces of choices: Gymnasium's Discrete, MultiDiscrete and Tuple, or small ones without Gymnasium."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Tuple as Several

import numpy as np

try:
    from gymnasium.spaces import Discrete, MultiDiscrete, Tuple
except ImportError:

    class _Space:
        shape: Several[int, ...]
        dtype: Any

        def __contains__(self, x: Any) -> bool:
            return self.contains(x)

        def contains(self, x: Any) -> bool:
            raise NotImplementedError

    class Discrete(_Space):  # type: ignore[no-redef]
        """Whole numbers from 0 to n - 1; as in Gymnasium."""

        def __init__(self, n: int) -> None:
            self.n, self.start, self.shape, self.dtype = int(n), 0, (), np.dtype(np.int64)
            self._random = np.random.default_rng()

        def seed(self, seed: Optional[int] = None) -> List[Optional[int]]:
            """Starts the stream of samples afresh."""
            self._random = np.random.default_rng(seed)
            return [seed]

        def sample(self) -> np.int64:
            return np.int64(self._random.integers(self.n))

        def contains(self, x: Any) -> bool:
            """Whether ``x`` is an integer of Python's or NumPy's in range."""
            whole = isinstance(x, int) or (
                isinstance(x, (np.generic, np.ndarray)) and x.shape == () and x.dtype.kind in "iu"
            )
            return whole and 0 <= int(x) < self.n

        def __eq__(self, other: Any) -> bool:
            return isinstance(other, Discrete) and self.n == other.n

        def __repr__(self) -> str:
            return f"Discrete({self.n})"

    class MultiDiscrete(_Space):  # type: ignore[no-redef]
        """Arrays of whole numbers, each from 0 to its own n - 1; as in Gymnasium."""

        def __init__(self, nvec: Any) -> None:
            self.nvec = np.array(nvec, np.int64)
            self.shape, self.dtype = self.nvec.shape, np.dtype(np.int64)
            self._random = np.random.default_rng()

        def seed(self, seed: Optional[int] = None) -> List[Optional[int]]:
            """Starts the stream of samples afresh."""
            self._random = np.random.default_rng(seed)
            return [seed]

        def sample(self) -> np.ndarray:
            return self._random.integers(self.nvec)

        def contains(self, x: Any) -> bool:
            """Whether ``x`` is such an array; lists are none."""
            return (
                isinstance(x, np.ndarray)
                and x.shape == self.shape
                and x.dtype.kind in "iu"
                and bool(np.all((x >= 0) & (x < self.nvec)))
            )

        def __eq__(self, other: Any) -> bool:
            return isinstance(other, MultiDiscrete) and np.array_equal(self.nvec, other.nvec)

        def __repr__(self) -> str:
            return f"MultiDiscrete({self.nvec.tolist()})"

    class Tuple(_Space):  # type: ignore[no-redef]
        """One of each of some spaces; as in Gymnasium."""

        def __init__(self, spaces: Sequence[Any]) -> None:
            self.spaces = tuple(spaces)

        def seed(self, seed: Optional[int] = None) -> List[Optional[int]]:
            """Starts the streams of samples afresh, each with a seed of its own."""
            seeds = np.random.default_rng(seed).integers(2**31, size=len(self.spaces))
            return [space.seed(int(own))[0] for space, own in zip(self.spaces, seeds)]

        def sample(self) -> Several[Any, ...]:
            return tuple(space.sample() for space in self.spaces)

        def contains(self, x: Any) -> bool:
            return (
                isinstance(x, tuple)
                and len(x) == len(self.spaces)
                and all(space.contains(one) for space, one in zip(self.spaces, x))
            )

        def __getitem__(self, place: int) -> Any:
            return self.spaces[place]

        def __len__(self) -> int:
            return len(self.spaces)

        def __eq__(self, other: Any) -> bool:
            return isinstance(other, Tuple) and self.spaces == other.spaces

        def __repr__(self) -> str:
            return f"Tuple({', '.join(map(str, self.spaces))})"


def choice_space(options: Several[int, ...], *batch: int) -> Any:
    """Of one choice Discrete, of several MultiDiscrete; of a batch of them MultiDiscrete."""
    nvec = np.array(options, np.int64)
    if len(options) == 1:
        return Discrete(options[0]) if not batch else MultiDiscrete(np.full(batch, options[0]))
    return MultiDiscrete(nvec if not batch else np.broadcast_to(nvec, (*batch, len(options))).copy())
