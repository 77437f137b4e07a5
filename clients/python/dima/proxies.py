"""The proxy between this machine and a server, as http_proxy, no_proxy and their like name it."""

from __future__ import annotations

import ipaddress
import ssl as tls
import urllib.request
from typing import Optional
from urllib.parse import urlsplit

_NAMES = {
    "http": ["http"],
    "https": ["https"],
    "ws": ["ws", "socks", "https", "http"],
    "wss": ["wss", "socks", "https"],
}
"""Of a scheme, whose proxies do: the first one that is set. Sockets may take that of pages."""


def proxy_of(url: str) -> Optional[str]:
    """Its address, maybe with a password; None for this machine and for hosts in no_proxy."""
    split = urlsplit(url)
    if is_loopback(split.hostname or "") or urllib.request.proxy_bypass(split.netloc):
        return None
    proxies = urllib.request.getproxies()
    name = next((name for name in _NAMES[split.scheme] if name in proxies), None)
    if name is None:
        return None
    rest = proxies[name].rpartition("://")[2]
    scheme = proxies[name].rpartition("://")[0] or "http"
    return f"{'socks5h' if name == 'socks' and scheme == 'http' else scheme}://{rest}"


def shown(proxy: str) -> str:
    """Without user and password."""
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def opener(url: str, ssl: Optional[tls.SSLContext]) -> urllib.request.OpenerDirector:
    """Opens pages of this address through its proxy, if it has one."""
    proxy = proxy_of(url)
    proxies = {} if proxy is None else {urlsplit(url).scheme: proxy}
    return urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=ssl)
    )


def is_loopback(host: str) -> bool:
    """127.0.0.0/8, ::1, localhost, and the addresses that mean all of this machine's own."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified
