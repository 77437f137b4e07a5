"""The last steps of a session, which are taken again when the server stands at an older one.

A session store that fails over may lose what it was told last. Steps are functions of the actions, so
taking the same ones again gives the same numbers.
"""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Dict, Optional

from .errors import DimaError

Request = Callable[..., Awaitable[Dict[str, Any]]]

_MOST = 64


class KeptSteps:
    """Takes the steps of one session, and those before it once more where the server asks for them."""

    def __init__(self, request: Request, session_id: str) -> None:
        self.on_rewound: Optional[Callable[[int, int], None]] = None
        self._request = request
        self._id = session_id
        self._kept: Dict[int, Dict[str, Any]] = {}
        self._rewinding: Optional[asyncio.Lock] = None

    def clear(self) -> None:
        """Steps before a reset can't be taken again."""
        self._kept.clear()

    async def take(self, fields: Dict[str, Any]) -> Dict[str, Any]:
        """The reply to a numbered step. DimaError as the server says."""
        step = fields["step_id"]
        self.keep(fields)
        try:
            return await self._send(fields)
        except DimaError as error:
            if not self._has(expected_step(error), step):
                raise
        async with self._lock():  # later steps on their way were refused as well
            return await self._take_again(step)

    def keep(self, fields: Dict[str, Any]) -> None:
        """A numbered step that is being taken."""
        step = fields["step_id"]
        self._kept[step] = fields
        self._kept.pop(step - _MOST, None)

    async def catch_up(self, first: int, step: int) -> bool:
        """Takes the steps from ``first`` up to, and without, ``step`` again, if it has all of them."""
        if not self._has(first, step):
            return False
        async with self._lock():
            for earlier in range(first, step):
                await self._send(self._kept[earlier])
        if self.on_rewound is not None and first < step:
            self.on_rewound(first, step - 1)
        return True

    def _lock(self) -> asyncio.Lock:
        self._rewinding = self._rewinding or asyncio.Lock()  # in the loop that it is used in
        return self._rewinding

    async def _take_again(self, step: int) -> Dict[str, Any]:
        try:
            return await self._send(self._kept[step])
        except DimaError as error:
            first = expected_step(error)
            if first is None or not self._has(first, step):
                raise
        for earlier in range(first, step):
            await self._send(self._kept[earlier])
        reply = await self._send(self._kept[step])
        if self.on_rewound is not None and first < step:
            self.on_rewound(first, step - 1)
        return reply

    async def _send(self, fields: Dict[str, Any]) -> Dict[str, Any]:
        return await self._request("step", session_id=self._id, **fields)

    def _has(self, first: Optional[int], last: int) -> bool:
        return first is not None and first <= last and all(i in self._kept for i in range(first, last + 1))


def expected_step(error: DimaError) -> Optional[int]:
    """The step that the server says is next; None for any other error."""
    if error.code != "step_out_of_order" or not error.errors:
        return None
    expected = error.errors[0].get("expected")
    return int(expected) if isinstance(expected, (int, float)) else None
