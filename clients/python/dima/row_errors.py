"""What of a step of many sessions failed in some of them, and for how long it is worth asking again."""

from __future__ import annotations

import random
import time
from typing import Any, Dict, Mapping, Optional

from .stream import PASSING

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 0.4


class Patience:
    """Of one step of many sessions.

    seconds  for which it is asked again, counted from the first failure
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: Optional[float] = None
        self._pause = _FIRST_PAUSE

    def next_pause(self) -> Optional[float]:
        """Seconds to wait before it is asked again; None when it was long enough."""
        now = time.monotonic()
        self._until = self._until or now + self._seconds
        if now > self._until:
            return None
        pause = self._pause * random.uniform(0.5, 1.0)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return pause


def behind(reply: Mapping[str, Any]) -> Optional[Dict[int, int]]:
    """Where rows stand (row -> step) that the server says stand at another step. Empty: only failures
    that pass. None: one that does not."""
    stands: Dict[int, int] = {}
    for error in reply["errors"]:
        if error["code"] == "step_out_of_order":
            stands[error["index"]] = int(reply["committed_step_ids"][error["index"]])
        elif error["code"] not in PASSING:
            return None
    return stands
