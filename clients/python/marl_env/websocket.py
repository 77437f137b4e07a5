"""Listens with whichever generation of the websockets package is installed, 8 and later."""

from __future__ import annotations

import http
import socket as sockets
from typing import Any, Awaitable, Callable, Dict, Optional

from websockets.exceptions import ConnectionClosed

from .access import Page
from .wire import LARGEST

try:  # 13 and later
    from websockets.asyncio.server import serve as _serve

    _CONNECTIONS = True
except ImportError:
    from websockets import serve as _serve

    _CONNECTIONS = False

__all__ = ["ConnectionClosed", "keep_alive", "listen"]

Screen = Callable[[str, Any], Optional[Page]]
"""(path, headers) -> the page to answer with, or None: go on with the upgrade"""


def listen(handler: Callable[[Any], Awaitable[None]], host: str, port: int, screen: Screen) -> Any:
    """An awaitable that gives a listening server."""
    options: Dict[str, Any] = {
        "max_size": LARGEST,
        "max_queue": 8,  # of messages, each as large as that
        "compression": None,  # numbers hardly shrink
        # A trainer may compute for minutes and answer no ping meanwhile; see keep_alive.
        "ping_interval": None,
        "close_timeout": 2,
        "process_request": _screened(screen),
    }
    return _serve(_one_argument(handler), host, port, **options)


def keep_alive(socket: Any) -> None:
    """Lets the system find out that the other machine is gone."""
    transport = getattr(socket, "transport", None)
    raw = None if transport is None else transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_KEEPALIVE, 1)
        if hasattr(sockets, "TCP_KEEPIDLE"):
            raw.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_KEEPIDLE, 60)


def _one_argument(handler: Callable[[Any], Awaitable[None]]) -> Any:
    """Before 10.1 handlers are called with the path as well, later only if they insist."""

    async def handle(socket: Any, *_: Any) -> None:
        await handler(socket)

    return handle


def _screened(screen: Screen) -> Any:
    async def with_connection(connection: Any, request: Any) -> Any:
        page = screen(request.path, request.headers)
        return None if page is None else connection.respond(page[0], page[1] + "\n")

    async def with_path(path: str, headers: Any) -> Any:
        page = screen(path, headers)
        if page is None:
            return None
        return http.HTTPStatus(page[0]), [("Content-Type", "text/plain")], (page[1] + "\n").encode()

    return with_connection if _CONNECTIONS else with_path
