"""What one environment and many have in common: a connection, a model, the terms of sessions."""

from __future__ import annotations

import ssl as tls
from dataclasses import dataclass
from typing import Any, Dict, Optional

from .model import Model, chosen_model, model_of
from .rest import Client
from .stream import Connection

GONE = {"session_not_found", "session_expired", "session_closed"}
"""Codes of a session that is no more; a reset then makes another one."""


@dataclass(frozen=True)
class Access:
    """How to reach a server; see Connection and Client."""

    url: str
    key: Optional[str] = None
    ssl: Optional[tls.SSLContext] = None
    timeout: float = 60.0
    reconnect_seconds: float = 10.0

    def connect(self) -> Connection:
        return Connection(
            self.url,
            key=self.key,
            ssl=self.ssl,
            timeout=self.timeout,
            reconnect_seconds=self.reconnect_seconds,
        )

    def model(self, reference: str) -> Model:
        client = Client(self.url, key=self.key, ssl=self.ssl, timeout=self.timeout)
        return model_of(client.model(reference))


@dataclass(frozen=True)
class World:
    """A model at the other end of a connection."""

    connection: Connection
    model: Model


def open_world(access: Access, model: Optional[str]) -> World:
    """Connects and learns the model's spaces. DimaError in words for all that can be wrong."""
    connection = access.connect()
    try:
        name = chosen_model(model, connection.metadata["models"])
        return World(connection, access.model(name))
    except BaseException:
        connection.close()
        raise


def terms(**given: Any) -> Dict[str, Any]:
    """The fields of a create message that were given; the server has defaults for the others."""
    return {name: value for name, value in given.items() if value is not None}
