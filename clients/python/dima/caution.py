"""What an answer says of its own worth."""

from __future__ import annotations

from typing import Any, Dict, Mapping

_TOLD = ("ood", "clipped_actions")


def caution_of(reply: Mapping[str, Any]) -> Dict[str, Any]:
    """``ood``, how far the state is from the training data in standard deviations, and
    ``clipped_actions``, how many entries were outside the action space, where they are told: servers
    before they were do not."""
    return {name: reply[name] for name in _TOLD if name in reply}
