"""A live session for asyncio."""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Sequence

import numpy as np

from .kept_steps import KeptSteps
from .policy import Policy, policy_fields
from .replies import with_arrays
from .starts import start_fields

Request = Callable[..., Awaitable[Dict[str, Any]]]


class AsyncSession:
    """Made by AsyncClient.create, restore and session; ``async with`` closes it.

    id      of the session, for ``AsyncClient.session``
    agents  N names, in the order of the model
    view    where it stood when it was made, reset or last asked for: state [S], observations [O] by
            agent, seed, terminated, truncated, committed_step_id, ood, model, ...
    """

    def __init__(self, request: Request, view: Dict[str, Any]) -> None:
        self.id: str = view["session_id"]
        self.agents: List[str] = list(view["agents"])
        self._request = request
        self.kept = KeptSteps(request, self.id)
        self._last = 0
        self._in_flight = 0
        self._keep(view)

    async def step(
        self,
        actions: Any = None,
        *,
        policy: Optional[Policy] = None,
        deadline_ms: Optional[int] = None,
    ) -> Dict[str, Any]:
        """Takes a joint step, exactly once.

        actions  [A] by agent, or [N, A]; None where a policy acts for all
        policy   "mean" or "sample", or ``{"agents": [...], "mode": ...}``: the model's own policy acts
                 for these agents, and actions are the others'

        Returns state [S], observations [O] by agent, reward of the team, terminated, truncated,
        termination_probability, ood, clipped_actions, step_id, timing, and with a policy the actions
        that were taken, [A] by agent. Steps may be asked for without waiting for the one before.
        """
        fields: Dict[str, Any] = {}
        if actions is not None:
            fields["actions"] = _actions(actions)
        if policy is not None:
            fields["policy"] = policy_fields(policy)
        if deadline_ms is not None:
            fields["deadline_ms"] = deadline_ms
        fields["step_id"] = self.begin_step()
        try:
            reply = await self.kept.take(fields)
        finally:
            self.end_step()
        self.committed(reply["committed_step_id"])
        return with_arrays(reply)

    async def reset(self, *, seed: Optional[int] = None, start: Any = None) -> Dict[str, Any]:
        """Begins an episode; where it stands is returned, and kept as ``view``."""
        fields: Dict[str, Any] = {}
        if seed is not None:
            fields["seed"] = seed
        if start is not None:
            fields["start"] = start_fields(start)
        self.kept.clear()
        return self._keep(await self._request("reset", session_id=self.id, **fields))

    async def get(self) -> Dict[str, Any]:
        """Where the session stands; it counts as use."""
        return self._keep(await self._request("get", session_id=self.id))

    async def snapshot(self) -> str:
        """Where the session stands, for AsyncClient.restore: some kilobytes of text."""
        return (await self._request("snapshot", session_id=self.id))["snapshot"]

    async def fork(self, n: int = 1, seeds: Optional[Sequence[int]] = None) -> List["AsyncSession"]:
        """``n`` sessions that stand where this one does; with seeds each meets noise of its own."""
        fields: Dict[str, Any] = {"count": n}
        if seeds is not None:
            fields["seeds"] = list(seeds)
        reply = await self._request("fork", session_id=self.id, **fields)
        return [AsyncSession(self._request, view) for view in reply["sessions"]]

    async def close(self) -> None:
        """Ends the session. DimaError ``session_closed`` or ``session_expired`` if it has ended."""
        await self._request("close", session_id=self.id)

    async def __aenter__(self) -> "AsyncSession":
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()

    @property
    def on_rewound(self) -> Optional[Callable[[int, int], None]]:
        """Called with the first and the last step that were taken again, to the same numbers, after the
        server's session store had lost them."""
        return self.kept.on_rewound

    @on_rewound.setter
    def on_rewound(self, call: Optional[Callable[[int, int], None]]) -> None:
        self.kept.on_rewound = call

    def begin_step(self) -> int:
        """The number of the next step, those on their way counted."""
        self._in_flight += 1
        return self._last + self._in_flight

    def end_step(self) -> None:
        """It has been answered, or has failed."""
        self._in_flight -= 1

    def committed(self, step_id: int) -> None:
        """The server has told how far the session is."""
        self._last = max(self._last, step_id)

    def _keep(self, view: Dict[str, Any]) -> Dict[str, Any]:
        self.view = with_arrays(view)
        self.committed(view["committed_step_id"])
        return self.view


def _actions(actions: Any) -> Any:
    """Copies: they may have to be sent again when the caller's arrays have other numbers."""
    if isinstance(actions, Mapping):
        return {agent: np.array(own, np.float32) for agent, own in actions.items()}
    return np.array(actions, np.float32)
