"""A served model as environments need it: who the agents are and what their spaces are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import DimaError
from .spaces import Box, unbounded


@dataclass(frozen=True)
class Model:
    name: str
    version: str
    agents: Tuple[str, ...]
    """N names, in the order of the model"""
    action_size: int
    """A"""
    action_bounds: Tuple[float, float]
    """of what training has seen; actions beyond them are not refused"""
    observation_size: int
    """O"""
    state_names: Tuple[str, ...]
    """S names"""

    @property
    def state_size(self) -> int:
        """S"""
        return len(self.state_names)

    @property
    def reference(self) -> str:
        """What a session asks for, so that it gets the model whose spaces these are."""
        return f"{self.name}@{self.version}"

    def action_space(self, *batch: int) -> Box:
        """Arrays [A], or [*batch, A]."""
        low, high = self.action_bounds
        return Box(low, high, (*batch, self.action_size), np.float32)

    def observation_space(self, *batch: int) -> Box:
        """Arrays [O], or [*batch, O]."""
        return unbounded((*batch, self.observation_size))

    def state_space(self, *batch: int) -> Box:
        """Arrays [S], or [*batch, S], in the units of the environment."""
        return unbounded((*batch, self.state_size), np.float64)


def model_of(card: Mapping[str, Any]) -> Model:
    """Of a server's page about a model."""
    spaces = card["spaces"]
    return Model(
        name=card["name"],
        version=card["version"],
        agents=tuple(agent["name"] for agent in card["agents"]),
        action_size=spaces["action"]["dimension"],
        action_bounds=(spaces["action"]["low"], spaces["action"]["high"]),
        observation_size=len(spaces["observation"]),
        state_names=tuple(entry["name"] for entry in spaces["state"]),
    )


def chosen_model(wanted: Optional[str], served: Sequence[Mapping[str, Any]]) -> str:
    """The one that is wanted, or the only one. DimaError ``unknown_model``."""
    if wanted is not None:
        return wanted
    names = [model["name"] for model in served]
    if len(names) == 1:
        return names[0]
    if not names:
        raise DimaError("unknown_model", "this server serves no model")
    raise DimaError("unknown_model", f"several models are served, name one: {', '.join(names)}")
