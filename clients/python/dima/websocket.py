"""Opens a socket with whichever generation of the websockets package is installed."""

from __future__ import annotations

import asyncio
import inspect
import ssl as tls
import urllib.error
import urllib.request
from typing import Any, Dict, Optional

from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException

from .address import Address
from .errors import DimaError
from .proxies import opener, proxy_of
from .rest import refusal, unreachable

try:  # 13 and later
    from websockets.asyncio.client import connect
except ImportError:
    from websockets import connect

__all__ = ["ConnectionClosed", "open_socket"]

_SUBPROTOCOL = "dima.v1.msgpack"
_LARGEST_REPLY = 2**30
_PARAMETERS = inspect.signature(connect.__init__).parameters
_HEADERS = "additional_headers" if "additional_headers" in _PARAMETERS else "extra_headers"
_PROXIES = "proxy" in _PARAMETERS  # 15 and later


async def open_socket(
    address: Address, key: Optional[str], ssl: Optional[tls.SSLContext], timeout: float
) -> Any:
    """A connected socket with send(), recv() and close().

    DimaError ``connection_failed`` or ``timeout``, or what the server refuses the upgrade with.
    """
    try:
        return await connect(address.stream, **_options(address, key, ssl, timeout))
    except (asyncio.TimeoutError, TimeoutError):
        raise unreachable(address.stream, TimeoutError(), _PROXIES) from None
    except InvalidHandshake as error:
        status = _status_of(error)
        if status is None:
            raise unreachable(address.stream, error, _PROXIES) from None
        loop = asyncio.get_running_loop()
        raise await loop.run_in_executor(None, _explain, status, address, key, ssl) from None
    except (
        OSError,
        EOFError,
        ImportError,
        WebSocketException,
    ) as error:  # SOCKS needs another package
        raise unreachable(address.stream, error, _PROXIES) from None


def _options(
    address: Address, key: Optional[str], ssl: Optional[tls.SSLContext], timeout: float
) -> Dict[str, Any]:
    options: Dict[str, Any] = {
        "subprotocols": [_SUBPROTOCOL],
        "compression": None,  # numbers hardly shrink
        "open_timeout": timeout,
        "close_timeout": 1,
        "max_size": _LARGEST_REPLY,
    }
    if key:
        options[_HEADERS] = {"Authorization": f"Bearer {key}"}
    if ssl:
        options["ssl"] = _trusted(ssl, address)
    if _PROXIES:
        options["proxy"] = proxy_of(address.stream)
    return options


def _trusted(ssl: tls.SSLContext, address: Address) -> tls.SSLContext:
    if address.stream.startswith("wss:"):
        return ssl
    raise DimaError(
        "invalid_request",
        f"ssl is given, and {address.stream} is not encrypted",
        hint="Give the address with wss:// or https://.",
    )


def _status_of(error: InvalidHandshake) -> Optional[int]:
    """The HTTP status of a refused upgrade: kept in other places before and after websockets 13.

    None where it is that of a proxy.
    """
    if "Proxy" in type(error).__name__:
        return None
    response = getattr(error, "response", error)
    return getattr(response, "status_code", None)


def _explain(
    status: int, address: Address, key: Optional[str], ssl: Optional[tls.SSLContext]
) -> DimaError:
    """Asks again without an upgrade: then the refusal can be read, which sockets do not show."""
    page = address.stream.replace("ws", "http", 1)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(page, headers=headers)
    try:
        opener(page, ssl).open(request, timeout=10).close()
    except urllib.error.HTTPError as error:
        if error.code == status:
            return refusal(status, error.read(), address.stream)
    except OSError:
        pass
    # What was refused a moment ago is not refused now.
    return DimaError("connection_failed", f"{address.stream} answered HTTP {status} for a moment")
