"""Calls of code that others wrote."""

from __future__ import annotations

import logging
from typing import Any, Callable

from .errors import BridgeError

log = logging.getLogger("marl_env")


def guarded(what: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Calls what others wrote. Its traceback goes to the log, one line of it to the client."""
    try:
        return function(*arguments, **named)
    except BridgeError:
        raise
    except (Exception, SystemExit) as error:
        log.exception("%s failed", what)
        raise BridgeError("env_failed", f"{what} failed: {in_a_line(error)}") from None


def in_a_line(error: BaseException) -> str:
    """The kind of an exception and the first line of its text."""
    text = (str(error).strip().splitlines() or [""])[0]
    text = text if len(text) <= 300 else text[:300] + "..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
