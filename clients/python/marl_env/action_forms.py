"""Action spaces of Gymnasium as rows of numbers, and rows as the actions of an environment.

In a row the numbers of boxes come first, then every choice one-hot, each in the order of the space:
Discrete(3) is a row of three, of which one is 1; Tuple((Discrete(2), Box(4))) a row of 4 + 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Dict, List, Tuple, Union

import numpy as np

from .errors import BridgeError
from .spaces import Space, space_of


class ActionForm:
    """How the actions of one agent travel.

    given  a Space, or a Box of floats, Discrete, MultiDiscrete, MultiBinary, or a Tuple or Dict of
           such, as Gymnasium has them

    ``space`` is what travels. BridgeError ``unsupported`` names ``what`` it is of.
    """

    def __init__(self, given: Any, what: str) -> None:
        leaves: List[_Leaf] = []
        self._tree = _tree(given, what, leaves)
        if len(leaves) == 1 and not leaves[0].options:
            self.space = leaves[0].box
        else:
            self.space = _joined(leaves, what)

    def batch(self, rows: np.ndarray) -> Any:
        """[N, size] as a vector environment takes it: arrays [N, ...], in tuples and maps."""
        return _map(lambda leaf: leaf.decode(rows), self._tree)

    def each(self, rows: np.ndarray) -> List[Any]:
        """[N, size] as N single environments take it."""
        batch = self.batch(rows)
        return [_map(lambda array: array[copy], batch) for copy in range(len(rows))]


class _Leaf:
    """A part of a space that has no parts: a box, or choices with so many ``options`` each."""

    def __init__(self, given: Any, what: str) -> None:
        self.shape: Tuple[int, ...] = tuple(getattr(given, "shape", None) or ())
        self.dtype = getattr(given, "dtype", None)
        self.options = _options(given)
        self.firsts = np.asarray(getattr(given, "start", 0), np.int64).reshape(-1)
        self.start = 0  # of its entries in a row
        if not self.options:
            self.box = space_of(given, what, True)
        self.size = sum(self.options) if self.options else self.box.size

    def decode(self, rows: np.ndarray) -> np.ndarray:
        part = rows[:, self.start : self.start + self.size]
        if not self.options:
            return part.reshape((len(rows),) + self.shape).astype(self.dtype, copy=False)
        ends = np.cumsum(self.options)
        taken = np.stack([own.argmax(axis=1) for own in np.split(part, ends[:-1], axis=1)], axis=1)
        return (taken + self.firsts).reshape((len(rows),) + self.shape).astype(self.dtype)


_Tree = Union[_Leaf, Tuple[Any, ...], Dict[Any, Any]]


def _tree(given: Any, what: str, leaves: List[_Leaf]) -> _Tree:
    """The same tuples and maps as the space has, of leaves, which are listed as well."""
    inner = getattr(given, "spaces", None)
    if isinstance(inner, Mapping) and inner:
        return {key: _tree(space, what, leaves) for key, space in inner.items()}
    if isinstance(inner, (tuple, list)) and inner:
        return tuple(_tree(space, what, leaves) for space in inner)
    leaves.append(_Leaf(given, what))
    return leaves[-1]


def _map(function: Callable[[Any], Any], tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _map(function, part) for key, part in tree.items()}
    if isinstance(tree, tuple):
        return tuple(_map(function, part) for part in tree)
    return function(tree)


def _options(given: Any) -> List[int]:
    """Of every choice, in C order; none for what is no choice."""
    if isinstance(given, Space):
        return []
    if hasattr(given, "nvec"):  # MultiDiscrete
        return [int(n) for n in np.ravel(given.nvec)]
    if not hasattr(given, "n"):
        return []
    shape = tuple(getattr(given, "shape", None) or ())
    return [2] * int(np.prod(shape)) if shape else [int(given.n)]  # MultiBinary, Discrete


def _joined(leaves: List[_Leaf], what: str) -> Space:
    boxes = [leaf for leaf in leaves if not leaf.options]
    choices = [leaf for leaf in leaves if leaf.options]
    start = 0
    for leaf in boxes + choices:
        leaf.start, start = start, start + leaf.size
    picks = sum(leaf.size for leaf in choices)
    low = np.concatenate([leaf.box.low for leaf in boxes] + [np.zeros(picks)])
    high = np.concatenate([leaf.box.high for leaf in boxes] + [np.ones(picks)])
    precise = any(leaf.box.dtype == np.float64 for leaf in boxes)
    dtype = np.float64 if precise else np.float32
    options = [n for leaf in choices for n in leaf.options]
    try:
        return Space(start, low, high, dtype, choices=options)
    except ValueError as error:
        raise BridgeError("unsupported", f"{what} can't be served: {error}") from None
