"""Spaces as the bridge knows them: a row of real numbers between bounds, with choices one-hot."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .errors import BridgeError

MOST_ENTRIES = 65_536


class Space:
    """Rows of ``size`` numbers.

    size        entries of a row
    low, high   bounds: a number, or one an entry; infinite ones are allowed
    dtype       float64, or anything else: then rows travel as float32
    names       of the entries, no two alike
    units       of the entries
    choices     of an action: the options of each choice among its last entries. Of as many entries
                as it has options one is 1 and the others 0; their bounds are 0 and 1

    ``shape`` is what a row is in the environment itself: several dimensions travel as one.
    """

    def __init__(
        self,
        size: int,
        low: Any = -np.inf,
        high: Any = np.inf,
        dtype: Any = np.float32,
        names: Optional[Sequence[str]] = None,
        units: Optional[Sequence[str]] = None,
        choices: Sequence[int] = (),
    ) -> None:
        """ValueError for bounds, names, units or choices that don't fit ``size``."""
        self.size = int(size)
        self.shape: Tuple[int, ...] = (self.size,)
        self.dtype = travelling(dtype)
        self.low = np.broadcast_to(np.asarray(low, np.float64), (self.size,))
        self.high = np.broadcast_to(np.asarray(high, np.float64), (self.size,))
        self.names = None if names is None else [str(name) for name in names]
        self.units = None if units is None else [str(unit) for unit in units]
        self.choices: List[int] = [int(options) for options in choices]
        if not 1 <= self.size <= MOST_ENTRIES:
            raise ValueError(f"a space has 1 to {MOST_ENTRIES} entries, not {size}")
        if not (self.low <= self.high).all():  # also where one is NaN
            raise ValueError("a lower bound is above its upper bound")
        for texts in (self.names, self.units):
            if texts is not None and len(texts) != self.size:
                raise ValueError(f"{len(texts)} names or units for {self.size} entries")
        if self.names is not None and len(set(self.names)) < self.size:
            raise ValueError("two entries have the same name")
        if min(self.choices, default=1) < 1 or sum(self.choices) > self.size:
            raise ValueError(f"choices of {self.choices} do not fit {self.size} entries")

    def groups(self) -> List[slice]:
        """The entries of each choice."""
        ends = np.cumsum([self.size - sum(self.choices)] + self.choices).tolist()
        return [slice(start, end) for start, end in zip(ends, ends[1:])]

    def describe(self) -> Dict[str, Any]:
        """As it travels in ``made``."""
        described: Dict[str, Any] = {
            "shape": [self.size],
            "dtype": self.dtype.name,
            "low": _bound(self.low),
            "high": _bound(self.high),
        }
        if self.choices:
            described["choices"] = self.choices
        texts = {"names": self.names, "units": self.units}
        described.update({key: value for key, value in texts.items() if value is not None})
        return described


def travelling(dtype: Any) -> np.dtype:
    """float64 for float64 (and longer floats), float32 for all else."""
    kind = np.dtype(dtype)
    return np.dtype(np.float64 if kind.kind == "f" and kind.itemsize >= 8 else np.float32)


def space_of(box: Any, what: str, continuous: bool = False) -> Space:
    """A Space, or anything that has shape, low, high and dtype, as Gymnasium's Box does.

    Several dimensions become one, in C order. ``what`` names it in errors: BridgeError
    ``unsupported`` for all that is no Box of numbers, and with ``continuous`` no Box of floats.
    """
    if isinstance(box, Space):
        return box
    parts: List[Any] = [getattr(box, name, None) for name in ("shape", "low", "high", "dtype")]
    if any(part is None for part in parts):
        raise _unsupported(what, box, continuous)
    shape, low, high, dtype = parts
    if np.dtype(dtype).kind not in ("f" if continuous else "fiub"):
        raise _unsupported(what, box, continuous)
    try:
        bounds = [np.broadcast_to(np.asarray(b, np.float64), shape).ravel() for b in (low, high)]
        space = Space(int(np.prod(shape, dtype=np.int64)), bounds[0], bounds[1], dtype)
        space.shape = tuple(shape)
        return space
    except (TypeError, ValueError) as error:
        raise BridgeError("unsupported", f"{what} can't be served: {error}") from None


def _unsupported(what: str, box: Any, continuous: bool) -> BridgeError:
    text = str(box)
    text = text if len(text) <= 80 else type(box).__name__
    if continuous:
        need = "a Box of floats, Discrete, MultiDiscrete, MultiBinary or a Tuple or Dict is needed"
    else:
        need = "a Box is needed (Gymnasium's FlattenObservation makes one)"
    return BridgeError("unsupported", f"{what} is {text}: {need}")


def _bound(values: np.ndarray) -> Any:
    """One number where all are equal."""
    numbers: List[float] = values.tolist()
    return numbers[0] if len(set(numbers)) == 1 else numbers
