"""The server: one session a socket, each with a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import Any, Callable, Mapping, Optional, Union

from .access import check_access, screen
from .service import PROTOCOL, Service
from .session import Session
from .websocket import ConnectionClosed, keep_alive, listen
from .worker import Worker

log = logging.getLogger("marl_env")

Maker = Callable[..., Any]
DECLARED = ("max_steps", "deterministic", "dt", "reward", "autoreset", "split")
"""What adapters can be told of an environment"""

_LAST_WORDS = 3.0
"""seconds that an environment may still take when the server stops, and to be closed"""


def serve(
    make: Union[Maker, Mapping[str, Maker]],
    host: str = "127.0.0.1",
    port: int = 8765,
    token: Optional[str] = None,
    *,
    name: Optional[str] = None,
    max_sessions: Optional[int] = 64,
    **declared: Any,
) -> None:
    """Serves environments to trainers until it is interrupted (SIGINT, SIGTERM).

    make          makes an environment: PettingZoo's parallel API (called once a copy), Gymnasium's
                  vector API or a VectorEnv (both called once, with ``num_envs`` if it has such a
                  parameter). A parameter ``seed`` gets the seed of the session; all others are
                  options that a client may give. Or a dictionary of such functions by name
    host, port    0: any free port. Another host than loopback wants a token
    token         that clients have to know; None: none
    name          of the environment; None: that of the function
    max_sessions  at the same time, None: any number; 1 for simulators that a process can have once
    declared      what Python's interfaces have no place for: ``max_steps``, ``deterministic``,
                  ``dt``; for PettingZoo ``reward="shared"``; for Gymnasium ``autoreset``, ``split``

    Prints one line with the address when it listens. ValueError for arguments that don't fit.
    """
    for key in declared:
        if key not in DECLARED:
            raise ValueError(f"serve has no argument {key}; there are {', '.join(DECLARED)}")
    service = Service(_named(make, name), declared, max_sessions)
    check_access(host, token)
    asyncio.run(_serve(service, host, port, token))


async def open_server(service: Service, host: str, port: int, token: Optional[str]) -> Any:
    """A listening server of the websockets package; see ``address_of``."""

    async def handle(socket: Any) -> None:
        await _converse(socket, service)

    return await listen(handle, host, port, lambda path, headers: screen(path, headers, token))


def address_of(server: Any) -> str:
    """``ws://127.0.0.1:8765`` of a listening server."""
    host, port = list(server.sockets)[0].getsockname()[:2]
    return f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"


async def _serve(service: Service, host: str, port: int, token: Optional[str]) -> None:
    stop = _stop_event()
    server = await open_server(service, host, port, token)
    print(f"{PROTOCOL} {', '.join(service.hello()['envs'])} {address_of(server)}", flush=True)
    await stop.wait()
    server.close()
    try:
        await asyncio.wait_for(server.wait_closed(), _LAST_WORDS)
    except asyncio.TimeoutError:
        log.warning("an environment takes long to stop; it is left alone")


async def _converse(socket: Any, service: Service) -> None:
    """One socket from hello to close."""
    keep_alive(socket)
    session, worker = Session(service), Worker("marl_env session")
    try:
        await socket.send(session.hello())
        last = False
        while not last:
            reply, last = await worker.run(session.answer, await socket.recv())
            await socket.send(reply)
    except ConnectionClosed:
        pass
    finally:
        try:
            await asyncio.wait_for(worker.run(session.end), _LAST_WORDS)
        except asyncio.TimeoutError:
            log.warning("an environment takes long to close; it is left alone")
        worker.stop()


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            asyncio.get_event_loop().add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError, ValueError):
            pass  # Windows, or not the main thread: KeyboardInterrupt does as well
    return stop


def _named(make: Any, name: Optional[str]) -> Mapping[str, Maker]:
    makers = dict(make) if isinstance(make, Mapping) else {name or _name_of(make): make}
    for key, maker in makers.items():
        if not isinstance(key, str) or not callable(maker):
            raise ValueError(f"{key!r} has no function that makes an environment")
    if not makers:
        raise ValueError("there is no environment to serve")
    return makers


def _name_of(make: Any) -> str:
    name = getattr(make, "__name__", type(make).__name__)
    return "environment" if name == "<lambda>" else name
