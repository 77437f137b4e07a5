"""A synchronous connection to a server's socket.

Any thread may ask; answers find their way back by the request's id, so that several requests can be
on their way at once. A lost socket is opened again while somebody waits, and what was not answered
is sent again: steps carry their number, so the server answers one that it has done already instead
of doing it twice.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import itertools
import os
import random
import ssl as tls
import threading
import time
from typing import Any, Callable, Dict, Optional

from .address import address_of
from .errors import DimaError
from .loop import background_loop
from .websocket import ConnectionClosed, open_socket
from .wire import pack, unpack

_PROTOCOL = "dima-stream/1"
_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Seconds before each try to connect again; the last one repeats."""
_MOST_SENDS = 5
_PATIENCE = 10.0
"""Seconds for one try to connect."""
_WORTH_ANOTHER_TRY = {
    "connection_failed",
    "connection_lost",
    "draining",
    "timeout",
    "not_ready",
    "overloaded",
    "socket_limit",
    "rate_limited",
}


_TRY_AGAIN = {"session_store", "session_moved", "draining"}
"""Answers to what has not been done, or may be done again: another try, here or at another server, does it."""
PASSING = _TRY_AGAIN | {"not_ready"}
"""The same of a session: its server may have just started, and be loading the model that the session is bound to."""
_LONGEST_PAUSE = 0.4
"""Seconds, on a socket that is there: asking once more costs the server less than a step."""


class Pending:
    """A request on its way."""

    def __init__(
        self,
        connection: "Connection",
        id: int,
        op: str,
        fields: Dict[str, Any],
        on_event: Optional[Callable[[Dict[str, Any]], None]] = None,
    ) -> None:
        self.id = id
        self.op = op
        self.frame = pack({"type": op, "id": id, **fields})
        self.on_event = on_event
        self.repeatable = on_event is None and _is_repeatable(op, fields)
        self.passing = PASSING if "session_id" in fields else _TRY_AGAIN
        self.sends = 0
        self.pause = 0.05
        self.until = 0.0  # time.monotonic() until which it is tried again; 0: it has not been refused
        self.future: "concurrent.futures.Future[Dict[str, Any]]" = concurrent.futures.Future()
        # It cannot be cancelled by who waits: the socket's thread may be answering it just then.
        self.future.set_running_or_notify_cancel()
        self._connection = connection

    def result(self) -> Dict[str, Any]:
        """The reply's fields. DimaError as the server says, ``connection_lost`` or ``timeout``."""
        try:
            return self.future.result(self._connection.timeout)
        except concurrent.futures.TimeoutError:
            self._connection.forget(self)
            seconds = self._connection.timeout
            raise DimaError("timeout", f"no answer to {self.op} within {seconds:g} s") from None
        except BaseException:  # Ctrl-C: nobody waits for it any more
            self._connection.forget(self)
            raise

    def fail(self, error: DimaError) -> None:
        if not self.future.done():
            self.future.set_exception(error)


def _is_repeatable(op: str, fields: Dict[str, Any]) -> bool:
    """Whether asking the server twice does it once. What a repeated create, restore or fork leaves
    behind is closed by the server when it has been idle."""
    needs = {"step": "step_id", "step_many": "step_ids", "reset": "seed"}
    return op not in needs or needs[op] in fields


class Connection:
    """One socket, shared by all environments that were made from it.

    metadata           the server's first frame: models, operations, limits
    timeout            seconds that an answer may take
    reconnect_seconds  for how long a lost socket is tried again while somebody waits
    """

    def __init__(
        self,
        url: str,
        *,
        key: Optional[str] = None,
        ssl: Optional[tls.SSLContext] = None,
        timeout: float = 60.0,
        reconnect_seconds: float = 10.0,
    ) -> None:
        """Connects. DimaError ``connection_failed``, ``timeout``, ``unauthenticated``, ..."""
        self.address = address_of(url)
        self.timeout = timeout
        self.reconnect_seconds = reconnect_seconds
        self.metadata: Dict[str, Any] = {}
        self._key = key
        self._ssl = ssl
        self._ids = itertools.count(1)
        self._process = os.getpid()
        self._users = 1
        self._users_lock = threading.Lock()
        self._loop = background_loop()
        # Touched on the loop's thread only.
        self._waiting: Dict[int, Pending] = {}
        self._outgoing: "asyncio.Queue[Pending]"
        self._wanted: asyncio.Event
        self._task = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def request(self, op: str, **fields: Any) -> Dict[str, Any]:
        """Sends one message and waits for its reply."""
        return self.send(op, **fields).result()

    def send(
        self,
        op: str,
        *,
        on_event: Optional[Callable[[Dict[str, Any]], None]] = None,
        **fields: Any,
    ) -> Pending:
        """Sends one message; ``result()`` of what it returns waits for the reply.

        on_event  is given what comes before the reply, on the thread of the sockets: it must not wait

        DimaError ``closed`` or ``body_too_large``.
        """
        self._check_open()
        pending = Pending(self, next(self._ids), op, fields, on_event)
        largest = self.metadata["limits"]["frame_bytes"]
        if len(pending.frame) > largest:
            raise DimaError(
                "body_too_large",
                f"this {op} has {len(pending.frame)} bytes, the server takes {largest}",
            )
        self._loop.call_soon_threadsafe(self._submit, pending)
        return pending

    def forget(self, pending: Pending) -> None:
        """Nobody waits for the answer any more."""
        self._loop.call_soon_threadsafe(self._waiting.pop, pending.id, None)

    def cancel(self, pending: Pending) -> None:
        """Has the server drop a request that nobody waits for any more; nothing where it is answered."""
        if pending.future.done():
            return
        self.forget(pending)
        try:
            self.send("cancel", request_id=pending.id)
        except DimaError:
            pass  # the server drops it with the socket

    def share(self) -> "Connection":
        """The same connection for one more user, who closes it too."""
        with self._users_lock:
            self._users += 1
        return self

    def close(self) -> None:
        """Closes the socket when its last user has closed it. Requests that wait fail."""
        with self._users_lock:
            self._users -= 1
            last = self._users == 0
        if last and self._process == os.getpid():
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(self.timeout)

    def _check_open(self) -> None:
        if self._process != os.getpid():
            raise DimaError(
                "closed",
                "this connection belongs to the process that made it",
                hint="Make environments after forking, in the process that uses them.",
            )
        if self._users <= 0:
            raise DimaError("closed", "the connection is closed")

    # From here on everything runs on the loop's thread.

    async def _open(self) -> "asyncio.Task[None]":
        self._outgoing = asyncio.Queue()
        self._wanted = asyncio.Event()
        socket = await self._connect(min(self.timeout, _PATIENCE))
        return asyncio.ensure_future(self._run(socket))

    async def _connect(self, seconds: float) -> Any:
        socket = await open_socket(self.address, self._key, self._ssl, seconds)
        try:
            self.metadata = _metadata(await asyncio.wait_for(socket.recv(), seconds))
        except (ConnectionClosed, asyncio.TimeoutError, DimaError) as error:
            await socket.close()
            if isinstance(error, DimaError):
                raise
            raise DimaError("connection_failed", f"{self.address.stream} opened and said nothing")
        return socket

    def _submit(self, pending: Pending) -> None:
        if self._task.done():
            return pending.fail(DimaError("closed", "the connection is closed"))
        self._waiting[pending.id] = pending
        self._outgoing.put_nowait(pending)
        self._wanted.set()

    async def _run(self, socket: Any) -> None:
        try:
            while True:
                await self._talk(socket)
                self._drop_unrepeatable()
                socket = await self._connect_again()
        except Exception as error:  # nobody may be left waiting
            self._fail_all(_lost(f"by a fault of this client: {error!r}"))
            raise

    async def _talk(self, socket: Any) -> None:
        """Until the socket is lost."""
        sender = asyncio.ensure_future(self._send_all(socket))
        try:
            while True:
                self._receive(await socket.recv())
        except ConnectionClosed:
            pass
        finally:
            sender.cancel()
            await socket.close()

    async def _send_all(self, socket: Any) -> None:
        try:
            while True:
                pending = await self._outgoing.get()
                if pending.id in self._waiting:
                    pending.sends += 1
                    await socket.send(pending.frame)
        except ConnectionClosed:
            pass  # whoever receives knows as well

    def _receive(self, frame: Any) -> None:
        try:
            message = unpack(frame)
        except DimaError as error:
            return self._fail_all(error)
        if message["type"] == "event":
            return self._tell(message)
        pending = self._waiting.get(message.get("id"))
        if pending is None:
            return
        if message["type"] == "error" and self._tries_again(pending, message["problem"]):
            return
        del self._waiting[pending.id]
        if message["type"] == "error":
            pending.fail(DimaError.from_problem(message["problem"]))
        elif not pending.future.done():
            pending.future.set_result(message)

    def _tries_again(self, pending: Pending, problem: Dict[str, Any]) -> bool:
        if not pending.repeatable or problem.get("code") not in pending.passing:
            return False
        now = time.monotonic()
        pending.until = pending.until or now + self.reconnect_seconds
        if now > pending.until:
            return False
        pending.sends = 0  # it was answered
        pause = pending.pause * random.uniform(0.5, 1.0)
        pending.pause = min(2 * pending.pause, _LONGEST_PAUSE)
        self._loop.call_later(pause, self._outgoing.put_nowait, pending)
        return True

    def _tell(self, message: Dict[str, Any]) -> None:
        pending = self._waiting.get(message.get("id"))  # None: nobody waits for it any more
        if pending is not None and pending.on_event is not None:
            pending.on_event(message["event"])

    async def _connect_again(self) -> Any:
        """When somebody waits. Gives those up who have waited too long."""
        while True:
            self._wanted.clear()
            if not self._waiting:
                await self._wanted.wait()
            try:
                socket = await self._try_to_connect()
            except DimaError as error:
                self._fail_all(error)
            else:
                self._send_again()
                return socket

    async def _try_to_connect(self) -> Any:
        deadline = time.monotonic() + self.reconnect_seconds
        for pause in itertools.chain(_PAUSES, itertools.repeat(_PAUSES[-1])):
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # others were cut off with us
            left = max(deadline - time.monotonic(), 1.0)
            try:
                return await self._connect(min(left, _PATIENCE))
            except DimaError as error:
                if error.code not in _WORTH_ANOTHER_TRY:
                    raise
                if time.monotonic() >= deadline:
                    raise _lost(f"and not to be had again in {self.reconnect_seconds:g} s: {error}")

    def _send_again(self) -> None:
        self._outgoing = asyncio.Queue()
        for pending in list(self._waiting.values()):
            if pending.sends >= _MOST_SENDS:
                del self._waiting[pending.id]
                pending.fail(_lost(f"{pending.sends} times while {pending.op} was on its way"))
            else:
                self._outgoing.put_nowait(pending)

    def _drop_unrepeatable(self) -> None:
        for pending in list(self._waiting.values()):
            if pending.sends > 0 and not pending.repeatable:
                del self._waiting[pending.id]
                pending.fail(_lost(f"while {pending.op} was on its way"))

    def _fail_all(self, error: DimaError) -> None:
        waiting, self._waiting = self._waiting, {}
        for pending in waiting.values():
            pending.fail(error)

    async def _end(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        self._fail_all(DimaError("closed", "the connection was closed"))


def _metadata(frame: Any) -> Dict[str, Any]:
    message = unpack(frame) if isinstance(frame, bytes) else None
    if not isinstance(message, dict) or message.get("protocol") != _PROTOCOL:
        raise DimaError("not_a_dima_server", f"the socket does not speak {_PROTOCOL}")
    return message


def _lost(how: str) -> DimaError:
    return DimaError(
        "connection_lost",
        f"the connection was lost, {how}",
        hint="Sessions outlive sockets for a while: repeating the same call is safe.",
    )
