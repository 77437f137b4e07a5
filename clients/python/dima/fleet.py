"""The sessions behind a vector environment: begun, stepped and ended together."""

from __future__ import annotations

import time
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import DimaError
from .kept_calls import KeptCalls, of_rows
from .row_errors import Patience, behind
from .stream import Connection, Pending
from .world import GONE, World

View = Dict[str, Any]


class Fleet:
    """E sessions, none of which exists before the first reset.

    terms  what all of them are created with
    """

    def __init__(self, world: World, terms: Dict[str, Any], count: int) -> None:
        self.ids: List[Optional[str]] = [None] * count
        self.step_ids = np.zeros(count, np.int64)  # [E] the last step that was answered
        self.kept = KeptCalls(count)
        self._world = world
        self._terms = {"model": world.model.reference, **terms}

    @property
    def _connection(self) -> Connection:
        return self._world.connection

    @property
    def begun(self) -> bool:
        return self.ids[0] is not None

    def reset(self, rows: Sequence[int], fields: Sequence[Dict[str, Any]]) -> List[View]:
        """Begins an episode in each of the rows, in a new session where there is none (any more).

        All messages are on their way before the first answer is waited for.
        """
        resets = [self._send_reset(row, own) for row, own in zip(rows, fields)]
        views: List[Optional[View]] = [pending and _unless_gone(pending) for pending in resets]
        created = [
            (place, self._connection.send("create", **self._terms, **fields[place]))
            for place, view in enumerate(views)
            if view is None
        ]
        self._collect(created, views)
        for row, view in zip(rows, views):
            self._take(row, view)
        return views

    def step(self, fields: Mapping[str, Any]) -> Dict[str, Any]:
        """Takes joint actions [E, N, A], some by a policy. DimaError when any of them fails; the
        others are done. Failures that pass are asked again for ``reconnect_seconds``, and steps that
        the server's session store has lost are taken again."""
        step_ids = self.step_ids + 1
        self.kept.keep(step_ids, fields)
        rows = list(range(len(self.ids)))
        patience = Patience(self._world.access.reconnect_seconds)
        rewound: Dict[int, int] = {}
        reply = self._step_rows(rows, step_ids.tolist(), fields)
        while reply["errors"]:
            stands = behind(reply)
            calls = None if stands is None else self.kept.after(stands)
            pause = patience.next_pause()
            if calls is None or pause is None:
                raise _failed(reply["errors"], len(self.ids))
            for row, step in stands.items():
                rewound[row] = min(step, rewound.get(row, step))
            time.sleep(pause)
            for call in calls:  # what of it fails is seen by asking again
                self._step_rows(*call)
            reply = self._step_rows(rows, step_ids.tolist(), fields)
        self.step_ids = np.asarray(reply["step_ids"], np.int64)
        if self.kept.on_rewound is not None:
            for row, step in rewound.items():
                self.kept.on_rewound(row, step + 1, int(step_ids[row]) - 1)
        return reply

    def _step_rows(
        self, rows: Sequence[int], step_ids: Sequence[int], fields: Mapping[str, Any]
    ) -> Dict[str, Any]:
        own = fields if len(rows) == len(self.ids) else of_rows(fields, rows)
        ids = [self.ids[row] for row in rows]
        return self._connection.request("step_many", session_ids=ids, step_ids=step_ids, **own)

    def close(self) -> None:
        self._end([id for id in self.ids if id is not None])

    def __getstate__(self) -> Dict[str, Any]:
        """All but the sessions: where they stand goes along as snapshots."""
        return {**self.__dict__, "ids": [None] * len(self.ids), "_snapshots": self._saved()}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        try:
            self._restore(self.__dict__.pop("_snapshots"))
        except BaseException:
            self._connection.close()
            raise

    def _restore(self, snapshots: Sequence[str]) -> None:
        views: List[Optional[View]] = [None] * len(self.ids)
        asked = [self._connection.send("restore", snapshot=snapshot) for snapshot in snapshots]
        self._collect(list(enumerate(asked)), views)
        for row in range(len(snapshots)):
            self._take(row, views[row])

    def _saved(self) -> List[str]:
        """One of each; none at all before the first reset, and when a session is no more."""
        if not self.begun:
            return []
        asked = [self._connection.send("snapshot", session_id=id) for id in self.ids]
        replies = [_unless_gone(pending) for pending in asked]
        return [] if None in replies else [reply["snapshot"] for reply in replies]

    def _take(self, row: int, view: View) -> None:
        self.ids[row] = view["session_id"]
        self.step_ids[row] = view["committed_step_id"]
        self.kept.begin(row, view["committed_step_id"])

    def _send_reset(self, row: int, fields: Dict[str, Any]) -> Optional[Pending]:
        id = self.ids[row]
        return None if id is None else self._connection.send("reset", session_id=id, **fields)

    def _collect(self, created: List[Tuple[int, Pending]], views: List[Optional[View]]) -> None:
        """Puts new sessions in their places; when one can't be made none of them is kept."""
        failure: Optional[DimaError] = None
        for place, pending in created:
            try:
                views[place] = pending.result()
            except DimaError as error:
                failure = failure or error
        if failure:
            made = [views[place] for place, _ in created]
            self._end([view["session_id"] for view in made if view])
            raise failure

    def _end(self, ids: Sequence[str]) -> None:
        """What can't be ended is ended by the server when it has been idle."""
        try:
            for pending in [self._connection.send("close", session_id=id) for id in ids]:
                _unless_gone(pending)
        except DimaError:
            pass


def _unless_gone(pending: Pending) -> Optional[View]:
    try:
        return pending.result()
    except DimaError as error:
        if error.code in GONE:
            return None
        raise


def _failed(errors: Sequence[Mapping[str, Any]], count: int) -> DimaError:
    """Of rows that changed nothing; the first one's code stands for all."""
    first = errors[0]
    detail = f"environment {first['index']}: {first['detail']}"
    if len(errors) > 1:
        detail += f", and {len(errors) - 1} more of {count} failed"
    hint = "Calling step again with the same actions goes on where this one stopped."
    return DimaError(first["code"], detail, hint=hint, errors=errors)
