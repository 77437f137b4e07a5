"""The last steps of environments that wait for their answers, as kept_steps.py has them for asyncio.

Steps are functions of the actions: where the server's session store has lost some, taking them again
gives the same numbers.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

_MOST = 64

Call = Tuple[List[int], List[int], Dict[str, Any]]
"""Rows, the step of each, and the fields of all."""


class KeptCalls:
    """Of E sessions that step together. Copies have none: their sessions begin where they are made."""

    def __init__(self, count: int) -> None:
        self.on_rewound: Optional[Callable[..., None]] = None
        self._calls: Deque[Tuple[np.ndarray, Dict[str, Any]]] = deque(maxlen=_MOST)
        self._since = np.zeros(count, np.int64)  # [E] steps up to this one can't be taken again

    def __reduce__(self) -> Tuple[Any, ...]:
        return KeptCalls, (len(self._since),)

    def begin(self, row: int, step_id: int) -> None:
        """An episode has begun: steps before it can't be taken again."""
        self._since[row] = step_id

    def keep(self, step_ids: np.ndarray, fields: Dict[str, Any]) -> None:
        """The step of each session [E], with actions [E, ...], which are copied: the caller may use its
        arrays again. Asked again it replaces itself."""
        if self._calls and np.array_equal(self._calls[-1][0], step_ids):
            self._calls.pop()
        copied = {"actions": np.array(fields["actions"])} if "actions" in fields else {}
        self._calls.append((step_ids, {**fields, **copied}))

    def after(self, stands: Mapping[int, int]) -> Optional[List[Call]]:
        """The calls, oldest first, between where rows stand (row -> step) and the last step that was
        kept, without that one. None where one is missing."""
        oldest, last = self._calls[0][0], self._calls[-1][0]
        for row, step in stands.items():
            if not max(self._since[row], oldest[row] - 1) <= step < last[row]:
                return None
        calls: List[Call] = []
        for step_ids, fields in list(self._calls)[:-1]:
            rows = [row for row, step in stands.items() if step_ids[row] > step]
            if rows:
                calls.append((rows, step_ids[rows].tolist(), fields))
        return calls


class TellsRewound:
    """An environment whose steps may be taken again."""

    _kept: Any  # KeptCalls

    @property
    def on_rewound(self) -> Optional[Callable[..., None]]:
        """Called after steps were taken again, to the same numbers, because the server's session store
        had lost them: with the first and the last of them, of a vector after the environment's index."""
        return self._kept.on_rewound

    @on_rewound.setter
    def on_rewound(self, call: Optional[Callable[..., None]]) -> None:
        self._kept.on_rewound = call


def of_rows(fields: Mapping[str, Any], rows: Sequence[int]) -> Dict[str, Any]:
    """The same for some of the rows: actions have them first, all else is common to them."""
    return {
        name: np.asarray(value)[list(rows)] if name == "actions" else value for name, value in fields.items()
    }
