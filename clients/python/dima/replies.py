"""Replies with arrays for lists of numbers, which is how JSON and flags come."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

from .timing import Timing

_FLAGS = ("terminations", "truncations")
_ARRAYS = (
    "state",
    "states",
    "rewards",
    "termination_probabilities",
    "actions",
    "lengths",
    "ood",
    "step_ids",
    "committed_step_ids",
)


def with_arrays(reply: Dict[str, Any]) -> Dict[str, Any]:
    """The same, with arrays, dictionaries of arrays by agent, and a Timing."""
    for name in _FLAGS:
        if name in reply:
            reply[name] = np.asarray(reply[name], bool)
    for name in _ARRAYS:
        if name in reply and not isinstance(reply[name], (dict, float, int)):
            reply[name] = np.asarray(reply[name])
    for name in ("observations", "actions"):
        if isinstance(reply.get(name), dict):
            reply[name] = {agent: np.asarray(own, np.float32) for agent, own in reply[name].items()}
    if "timing" in reply:
        reply["timing"] = Timing(**reply["timing"])
    return reply
