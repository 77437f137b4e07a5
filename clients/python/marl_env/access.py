"""Who may come in."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Any, Optional, Tuple

Page = Tuple[int, str]
"""An HTTP status and a line of text"""


def check_access(host: str, token: Optional[str]) -> None:
    """ValueError where strangers could reach the environment."""
    if token is not None and not (token and token.isascii() and token.isprintable()):
        raise ValueError("a token is text of ASCII that can go into a header, not empty")
    if token is None and not _is_loopback(host):
        raise ValueError(f"{host} can be reached from elsewhere: give a token")


def screen(path: str, headers: Any, token: Optional[str]) -> Optional[Page]:
    """What is answered instead of an upgrade; None: go on."""
    path = path.split("?")[0]
    if path == "/healthz":
        return 200, "ok"
    if path != "/":
        return 404, "the socket is at /"
    if headers.get_all("Origin"):
        return 403, "web pages are not served"
    given = headers.get_all("Authorization")
    if token is not None and not (len(given) == 1 and _equal(given[0], f"Bearer {token}")):
        return 401, "unauthorized: send Authorization: Bearer <token>"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _equal(given: str, expected: str) -> bool:
    """Headers come with surrogates for what is not ASCII."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
