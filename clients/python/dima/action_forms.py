"""What an agent's actions are to their user, and as the server takes them: rows of A numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence, Tuple as Several

import numpy as np

from .actions import numbers_of
from .choices import Tuple, choice_space
from .errors import wrong_field
from .spaces import Box


@dataclass(frozen=True)
class ActionForm:
    """One agent's.

    size     A, of a row: numbers first, then each choice one-hot, then zeros
    numbers  entries that are numbers
    choices  options of each choice
    low, high  of each number as the environment has it, what -1 and 1 stand for if ``scaled``
    """

    size: int
    numbers: int
    choices: Several[int, ...]
    low: Several[float, ...]
    high: Several[float, ...]
    scaled: bool

    @property
    def plain(self) -> bool:
        """Whether an action is a row as it is."""
        return not self.choices and not self.scaled and self.numbers == self.size

    def space(self, *batch: int) -> Any:
        """A Box of the numbers, Discrete or MultiDiscrete of the choices, a Tuple of both."""
        parts = []
        if self.numbers:
            low, high = (np.broadcast_to(b, (*batch, self.numbers)) for b in (self.low, self.high))
            parts.append(Box(low.astype(np.float32), high.astype(np.float32), low.shape, np.float32))
        if self.choices:
            parts.append(choice_space(self.choices, *batch))
        return parts[0] if len(parts) == 1 else Tuple(parts)

    def row(self, action: Any, batch: Several[int, ...], field: str) -> np.ndarray:
        """[*batch, A] of one action of ``space(*batch)``.

        DimaError ``invalid_shape``, ``not_finite``, and ``action_out_of_range`` for an option that
        there is not; each names ``field``.
        """
        if self.plain:
            return numbers_of(action, (*batch, self.size), field)
        row = np.zeros((*batch, self.size), np.float32)
        numbers, picks = self._parts(action, field)
        if self.numbers:
            row[..., : self.numbers] = self._scaled(numbers_of(numbers, (*batch, self.numbers), field))
        start = self.numbers
        if self.choices:
            for options, taken in zip(self.choices, self._options(picks, batch, field)):
                np.put_along_axis(row[..., start : start + options], taken[..., None], 1, axis=-1)
                start += options
        return row

    def rest(self, *batch: int) -> Any:
        """An action that is as little as can be: zeros, and the first option of every choice."""
        numbers = np.zeros((*batch, self.numbers), np.float32)
        picks = np.zeros(batch if len(self.choices) == 1 else (*batch, len(self.choices)), np.int64)
        if self.numbers and self.choices:
            return numbers, picks
        if self.choices:
            return picks
        return np.zeros((*batch, self.size), np.float32) if self.plain else numbers

    def action(self, row: np.ndarray) -> Any:
        """What a row [A] is as an action of ``space()``."""
        if self.plain:
            return row
        low, high = np.asarray(self.low), np.asarray(self.high)
        numbers = np.asarray(row[: self.numbers], np.float64)
        if self.scaled:
            numbers = np.where((low == -1) & (high == 1), numbers, low + (numbers + 1) / 2 * (high - low))
        ends = np.cumsum((self.numbers, *self.choices))
        taken = [int(np.argmax(row[start:end])) for start, end in zip(ends, ends[1:])]
        picks: Any = np.int64(taken[0]) if len(taken) == 1 else np.array(taken, np.int64)
        if not self.choices:
            return numbers.astype(np.float32)
        return (numbers.astype(np.float32), picks) if self.numbers else picks

    def _parts(self, action: Any, field: str) -> Several[Any, Any]:
        if not (self.numbers and self.choices):
            return action, action
        if isinstance(action, (tuple, list)) and len(action) == 2:
            return action[0], action[1]
        message = f"{field} is no pair of {self.numbers} numbers and {len(self.choices)} choices"
        raise wrong_field("invalid_shape", field, message, "a tuple of two", type(action).__name__)

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        if not self.scaled:
            return values
        low, high = np.asarray(self.low), np.asarray(self.high)
        width = np.where(high > low, high - low, 1)
        unit = np.where(high > low, 2 * (values - low) / width - 1, 0)
        return np.where((low == -1) & (high == 1), values, unit)

    def _options(self, picks: Any, batch: Several[int, ...], field: str) -> Sequence[np.ndarray]:
        count = len(self.choices)
        shape = batch if count == 1 else (*batch, count)
        array = np.asarray(picks)
        if array.shape == (*shape, 1) and count == 1:
            array = array[..., 0]
        whole = array.dtype.kind in "iub" or (array.dtype.kind == "f" and (array % 1 == 0).all())
        if array.shape != shape or not whole:
            message = f"{field} has {array.dtype} {list(array.shape)}, expected integers {list(shape)}"
            raise wrong_field("invalid_shape", field, message, list(shape), list(array.shape))
        taken = [array] if count == 1 else list(np.moveaxis(array, -1, 0))
        for choice, (own, options) in enumerate(zip(taken, self.choices)):
            if ((own < 0) | (own >= options)).any():
                wrong = int(own[(own < 0) | (own >= options)].flat[0])
                message = f"choice {choice} of {field} is {wrong}, expected 0 to {options - 1}"
                raise wrong_field(
                    "action_out_of_range", field, message, f"0 to {options - 1}", wrong
                )
        return [own.astype(np.int64) for own in taken]


def form_in(agent: Mapping[str, Any], action: Mapping[str, Any]) -> ActionForm:
    """Of an agent, and of what all of them have in common, on a server's page about a model."""
    choices = tuple(agent.get("choices") or ())
    numbers = len(agent["actuators"]) - sum(choices)
    bounds: Optional[Mapping[str, Any]] = agent.get("bounds")
    low = bounds["low"] if bounds else [action["low"]] * numbers
    high = bounds["high"] if bounds else [action["high"]] * numbers
    return ActionForm(
        action["dimension"], numbers, choices, tuple(low), tuple(high), bounds is not None
    )
