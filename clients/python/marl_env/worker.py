"""The thread on which all of one session's environment happens.

The event loop stays free for the sockets, whatever an environment takes; and simulators that want
to be used by the thread that made them are.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import Any, Callable


class Worker:
    """Runs functions one after another. A daemon: one that never ends does not hold the program."""

    def __init__(self, name: str) -> None:
        self._jobs: Any = queue.SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns or raises."""
        loop = asyncio.get_event_loop()
        future = loop.create_future()
        self._jobs.put((loop, future, function, arguments))
        return await future

    def stop(self) -> None:
        """After what was asked for before."""
        self._jobs.put(None)

    def _work(self) -> None:
        for loop, future, function, arguments in iter(self._jobs.get, None):
            result, error = None, None
            try:
                result = function(*arguments)
            except BaseException as raised:  # an environment may raise SystemExit, too
                error = raised
            try:
                loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return


def _settle(future: Any, result: Any, error: Any) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
