"""Where a server is: the address of its pages and that of its socket, whichever was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple
from urllib.parse import urlsplit

from .errors import DimaError

_PLAIN, _SECURE = ("ws", "http"), ("wss", "https")
_SCHEMES = {"ws": _PLAIN, "http": _PLAIN, "wss": _SECURE, "https": _SECURE}
_STREAM = "/v1/stream"


@dataclass(frozen=True)
class Address:
    pages: str
    """``http://127.0.0.1:8080``, without a slash at the end"""
    stream: str
    """``ws://127.0.0.1:8080/v1/stream``"""


def address_of(url: str) -> Address:
    """Takes ws, wss, http and https, and host:port alone. DimaError ``invalid_request``."""
    scheme, host, path = _parts(url)
    if "@" in host:
        raise DimaError(
            "invalid_request",
            f"the address {host.rpartition('@')[2]} is given with a user or a password",
            hint="Servers know none of them: give the key of their operator as key=...",
        )
    if scheme not in _SCHEMES or not host:
        raise DimaError(
            "invalid_request",
            f"{_without_secrets(url)!r} is no address of a server",
            hint="Give one like ws://127.0.0.1:8080 or https://example.org",
        )
    path = path.rstrip("/")
    if path.endswith(_STREAM):
        path = path[: -len(_STREAM)]
    socket, pages = _SCHEMES[scheme]
    return Address(f"{pages}://{host}{path}", f"{socket}://{host}{path}{_STREAM}")


def _without_secrets(url: object) -> object:
    """What stands before an @ may be a password."""
    return f"...@{url.rpartition('@')[2]}" if isinstance(url, str) and "@" in url else url


def _parts(url: str) -> Tuple[str, str, str]:
    try:
        split = urlsplit(url if "://" in url else f"ws://{url}")
        split.port  # raises for one that is no number
        return split.scheme, split.netloc, split.path
    except (ValueError, TypeError):
        return "", "", ""
