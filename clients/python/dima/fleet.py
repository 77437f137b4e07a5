"""The sessions behind a vector environment: begun, stepped and ended together."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import DimaError
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
        others are done."""
        reply = self._connection.request(
            "step_many",
            session_ids=self.ids,
            step_ids=(self.step_ids + 1).tolist(),
            **fields,
        )
        if reply["errors"]:
            raise _failed(reply["errors"], len(self.ids))
        self.step_ids = np.asarray(reply["step_ids"], np.int64)
        return reply

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
