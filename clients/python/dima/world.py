"""What one environment and many have in common: a connection, a model, the terms of sessions."""

from __future__ import annotations

import ssl as tls
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple, Union

from .errors import DimaError
from .model import Model, chosen_model, model_of
from .rest import Client
from .stream import Connection

GONE = {"session_not_found", "session_expired", "session_closed"}
"""Codes of a session that is no more; a reset then makes another one."""


@dataclass(frozen=True)
class Access:
    """How to reach a server; see Connection and Client.

    ssl  a context, or the path of a file of certificates, which pickles can carry
    """

    url: str
    key: Optional[str] = None
    ssl: Union[None, str, tls.SSLContext] = None
    timeout: float = 60.0
    reconnect_seconds: float = 10.0

    def connect(self) -> Connection:
        return Connection(
            self.url,
            key=self.key,
            ssl=_context(self.ssl),
            timeout=self.timeout,
            reconnect_seconds=self.reconnect_seconds,
        )

    def model(self, reference: str) -> Model:
        client = Client(self.url, key=self.key, ssl=_context(self.ssl), timeout=self.timeout)
        return model_of(client.model(reference))


def _context(ssl: Union[None, str, tls.SSLContext]) -> Optional[tls.SSLContext]:
    if not isinstance(ssl, str):
        return ssl
    try:
        return tls.create_default_context(cafile=ssl)
    except OSError as error:  # ssl.SSLError is one
        raise DimaError("invalid_request", f"ssl: no certificates in {ssl!r}: {error}") from None


@dataclass(frozen=True)
class World:
    """A model at the other end of a connection.

    A pickle and a copy have a connection of their own, opened where they are made: a socket belongs
    to its process.
    """

    access: Access
    connection: Connection
    model: Model

    def share(self) -> "World":
        """The same connection for one more user."""
        return World(self.access, self.connection.share(), self.model)

    def __reduce__(self) -> Tuple[Any, ...]:
        return _connected, (self.access, self.model)


def _connected(access: Access, model: Model) -> World:
    return World(access, access.connect(), model)


def open_world(access: Access, model: Optional[str]) -> World:
    """Connects and learns the model's spaces. DimaError in words for all that can be wrong."""
    connection = access.connect()
    try:
        name = chosen_model(model, connection.metadata["models"])
        return World(access, connection, access.model(name))
    except BaseException:
        connection.close()
        raise


def terms(**given: Any) -> Dict[str, Any]:
    """The fields of a create message that were given; the server has defaults for the others."""
    return {name: value for name, value in given.items() if value is not None}
