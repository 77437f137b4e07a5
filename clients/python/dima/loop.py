"""The one event loop of a process, on a thread of its own, where the sockets live."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Optional, Tuple

_lock = threading.Lock()
_running: Optional[Tuple[int, asyncio.AbstractEventLoop]] = None


def background_loop() -> asyncio.AbstractEventLoop:
    """Started when it is first asked for; a process that was forked off gets its own."""
    global _running
    with _lock:
        if _running is None or _running[0] != os.getpid():
            _running = (os.getpid(), _start())
        return _running[1]


def _start() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    # A daemon: a program ends without waiting for its sockets, which the system closes.
    threading.Thread(target=loop.run_forever, name="dima", daemon=True).start()
    return loop


def forget_after_fork() -> None:
    """In the child of a fork the thread is missing, and so may be the holder of the lock."""
    global _lock, _running
    _lock, _running = threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_after_fork)
