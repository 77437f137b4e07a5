"""What a client is told when its request is not done."""

from __future__ import annotations

CODES = (
    "unknown_env",
    "not_made",
    "already_made",
    "no_episode",
    "invalid_request",
    "invalid_action",
    "unsupported",
    "env_failed",
    "unauthorized",
    "internal",
)
"""All there are, see docs/bridge.md"""


class BridgeError(Exception):
    """A refusal that goes to the client in words.

    code     one of CODES, stable
    message  what exactly, with names and numbers; never a traceback
    fatal    whether the socket is closed after it
    """

    def __init__(self, code: str, message: str, fatal: bool = False) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.fatal = fatal

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
