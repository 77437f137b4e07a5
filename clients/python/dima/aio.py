"""The server for asyncio: one socket, any number of requests at once."""

from __future__ import annotations

import asyncio
import concurrent.futures
import ssl as tls
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, List, Optional, Sequence

import numpy as np

from .aio_session import AsyncSession
from .errors import DimaError
from .plan import plan_fields, planned
from .policy import Policy, act_fields, policy_fields
from .replies import with_arrays
from .rest import Client, rollout_fields
from .row_errors import Patience, behind
from .starts import start_fields
from .stream import Connection, Pending


class AsyncClient:
    """A server, for programs that run on asyncio.

    ::

        async with AsyncClient("ws://127.0.0.1:8080") as client:
            reply = await client.act({"agent_0": seen, "agent_1": seen}, mode="mean")

    url, key, ssl, timeout, reconnect_seconds: as for RemoteParallelEnv.

    A client belongs to the event loop that it was first used in. Requests may be on their way at once (``asyncio.gather``); those of one session are done in the
    order in which they were asked. A task that is cancelled drops its request where it still waits.
    What is lost with the socket is asked again where that is safe, as RemoteParallelEnv does it.
    Everything raises DimaError.
    """

    def __init__(
        self,
        url: str = "ws://127.0.0.1:8080",
        *,
        key: Optional[str] = None,
        ssl: Optional[tls.SSLContext] = None,
        timeout: float = 60.0,
        reconnect_seconds: float = 10.0,
    ) -> None:
        """Connects when it is first asked for something, or with ``async with``."""
        self.timeout = timeout
        self._reconnect_seconds = reconnect_seconds
        self._pages = Client(url, key=key, ssl=ssl, timeout=timeout)
        self._open = lambda: Connection(
            url, key=key, ssl=ssl, timeout=timeout, reconnect_seconds=reconnect_seconds
        )
        self._opening: Optional["asyncio.Future[Connection]"] = None
        self._closed = False

    async def __aenter__(self) -> "AsyncClient":
        await self._connection()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()

    async def models(self) -> List[Dict[str, Any]]:
        """What is served: dictionaries with name, environment, agents, horizon, versions."""
        return await _in_thread(self._pages.models)

    async def model(self, name: str) -> Dict[str, Any]:
        """One model by name, name@version or name@label: agents, spaces, scores, examples, ..."""
        return await _in_thread(lambda: self._pages.model(name))

    async def act(
        self,
        observations: Any,
        *,
        model: Optional[str] = None,
        mode: Optional[str] = None,
        seed: Optional[int] = None,
        step: Optional[int] = None,
        deadline_ms: Optional[int] = None,
    ) -> Dict[str, Any]:
        """What the model's own policy does: as Client.act."""
        fields = act_fields(
            observations, model=model, mode=mode, seed=seed, step=step, deadline_ms=deadline_ms
        )
        return with_arrays(await self.request("act", **fields))

    async def rollout(self, starts: Any, actions: Any = None, **options: Any) -> Dict[str, Any]:
        """Imagines joint trajectories: as Client.rollout, within the server's frame limit."""
        return with_arrays(await self.request("rollout", **rollout_fields(starts, actions, options)))

    async def plan(self, start: Any = None, **options: Any) -> Dict[str, Any]:
        """Looks for the joint actions that the model expects most of: as Client.plan."""
        return planned(await self.request("plan", **plan_fields(start, options)))

    async def rollout_stream(
        self, starts: Any, actions: Any = None, **options: Any
    ) -> AsyncIterator[Dict[str, Any]]:
        """Yields what is imagined while it is imagined: as Client.rollout_stream."""
        connection = await self._connection()
        events: "asyncio.Queue[Any]" = asyncio.Queue()
        put = _putter(asyncio.get_running_loop(), events)
        fields = rollout_fields(starts, actions, options)
        pending = connection.send("rollout_stream", on_event=put, **fields)
        pending.future.add_done_callback(put)
        try:
            while True:
                event = await self._soon(events.get(), pending)
                if isinstance(event, concurrent.futures.Future):
                    yield with_arrays({**_fields(event.result()), "type": "end"})
                    return
                yield with_arrays(event)
        finally:
            connection.cancel(pending)

    async def create(
        self,
        model: Optional[str] = None,
        *,
        seed: Optional[int] = None,
        start: Any = None,
        **options: Any,
    ) -> AsyncSession:
        """Opens a session.

        start    ``{"states": [l, S], "actions": [l-1, N, A]}``; None: one of the model's own
        options  plan, order, observations, options, max_episode_steps, autoreset
        """
        fields = {"model": model, "seed": seed, **options}
        if start is not None:
            fields["start"] = start_fields(start)
        given = {name: value for name, value in fields.items() if value is not None}
        return AsyncSession(self.request, await self.request("create", **given))

    async def restore(self, snapshot: str) -> AsyncSession:
        """A session that stands where the snapshot was taken."""
        return AsyncSession(self.request, await self.request("restore", snapshot=snapshot))

    async def session(self, id: str) -> AsyncSession:
        """A session that is open already, made here or elsewhere with the same key."""
        return AsyncSession(self.request, await self.request("get", session_id=id))

    async def step_many(
        self,
        sessions: Sequence[AsyncSession],
        actions: Any = None,
        *,
        policy: Optional[Policy] = None,
        deadline_ms: Optional[int] = None,
    ) -> Dict[str, Any]:
        """One step of each of M sessions: actions [M, N, A], None where a policy acts for all.

        Rows that failed are told in ``errors``, and have changed nothing. Failures that pass are asked
        again, and steps that the server's session store has lost are taken again, as of one session.
        """
        fields: Dict[str, Any] = {"session_ids": [session.id for session in sessions]}
        if actions is not None:
            fields["actions"] = np.array(actions, np.float32)  # a copy: it may have to be sent again
        if policy is not None:
            fields["policy"] = policy_fields(policy)
        if deadline_ms is not None:
            fields["deadline_ms"] = deadline_ms
        steps = [session.begin_step() for session in sessions]
        for row, (session, step) in enumerate(zip(sessions, steps)):
            session.kept.keep({"step_id": step, **step_of_row(fields, row)})
        try:
            reply = await self._step_all(sessions, steps, fields)
        finally:
            for session in sessions:
                session.end_step()
        for session, committed in zip(sessions, reply["committed_step_ids"]):
            session.committed(int(committed))
        return with_arrays(reply)

    async def _step_all(
        self, sessions: Sequence[AsyncSession], steps: List[int], fields: Dict[str, Any]
    ) -> Dict[str, Any]:
        patience = Patience(self._reconnect_seconds)
        while True:
            reply = await self.request("step_many", step_ids=steps, **fields)
            stands = behind(reply)
            pause = patience.next_pause() if reply["errors"] else None
            if stands is None or pause is None:
                return reply
            await asyncio.sleep(pause)
            for row, step in stands.items():
                if not await sessions[row].kept.catch_up(step + 1, steps[row]):
                    return reply

    async def request(self, op: str, **fields: Any) -> Dict[str, Any]:
        """Any message of the socket, and the fields of its reply."""
        connection = await self._connection()
        pending = connection.send(op, **fields)
        try:
            return _fields(await self._soon(asyncio.wrap_future(pending.future), pending))
        finally:
            connection.cancel(pending)

    async def close(self) -> None:
        """Closes the socket; sessions stay open until they have been idle too long."""
        self._closed = True
        opening, self._opening = self._opening, None
        if opening is None:
            return
        try:
            connection = await opening
        except DimaError:
            return  # it never opened
        await _in_thread(connection.close)

    async def _connection(self) -> Connection:
        if self._closed:
            raise DimaError("closed", "the client is closed")
        if self._opening is None or (self._opening.done() and self._opening.exception()):
            self._opening = asyncio.ensure_future(_in_thread(self._open))
        return await asyncio.shield(self._opening)

    async def _soon(self, answer: Awaitable[Any], pending: Pending) -> Any:
        # Not wait_for: before Python 3.12 it swallows the cancellation of a task whose answer
        # comes in the same turn of the loop (https://github.com/python/cpython/issues/86296).
        future = asyncio.ensure_future(answer)
        try:
            done, _ = await asyncio.wait([future], timeout=self.timeout)
            if done:
                return future.result()
        finally:
            future.cancel()
        raise DimaError("timeout", f"no answer to {pending.op} within {self.timeout:g} s")


async def _in_thread(work: Callable[[], Any]) -> Any:
    """What waits for a page, or for a socket to open."""
    return await asyncio.get_running_loop().run_in_executor(None, work)


def _putter(loop: asyncio.AbstractEventLoop, queue: "asyncio.Queue[Any]") -> Callable[[Any], None]:
    """Puts what another thread brings."""

    def put(item: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, item)

    return put


def _fields(reply: Dict[str, Any]) -> Dict[str, Any]:
    """Without what only the socket needs."""
    return {name: value for name, value in reply.items() if name not in ("type", "op", "id")}


def step_of_row(fields: Dict[str, Any], row: int) -> Dict[str, Any]:
    """The fields of one session's step, of those of many."""
    own = {name: fields[name] for name in ("actions", "policy") if name in fields}
    return {**own, "actions": own["actions"][row]} if "actions" in own else own
