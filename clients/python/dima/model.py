"""A served model as environments need it: who the agents are and what their spaces are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence, Tuple

import numpy as np

from .action_forms import ActionForm, form_in
from .errors import DimaError
from .spaces import Box, unbounded


@dataclass(frozen=True)
class Model:
    name: str
    version: str
    agents: Tuple[str, ...]
    """N names, in the order of the model"""
    action_size: int
    """A, of rows as the server takes them"""
    forms: Mapping[str, ActionForm]
    """by agent; bounds are of what training has seen, and numbers beyond them are not refused"""
    observed: Mapping[str, int]
    """by agent: O, or as much as it sees"""
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

    def action_space(self, agent: str, *batch: int) -> Any:
        """A Box of arrays [A], or [*batch, A]; of choices Discrete or MultiDiscrete, or a Tuple of both."""
        return self.forms[agent].space(*batch)

    def observation_space(self, agent: str, *batch: int) -> Box:
        """Arrays [O], or [*batch, O]."""
        return unbounded((*batch, self.observed[agent]))

    def state_space(self, *batch: int) -> Box:
        """Arrays [S], or [*batch, S], in the units of the environment."""
        return unbounded((*batch, self.state_size), np.float64)


def model_of(card: Mapping[str, Any]) -> Model:
    """Of a server's page about a model."""
    spaces = card["spaces"]
    action, O = spaces["action"], len(spaces["observation"])
    return Model(
        name=card["name"],
        version=card["version"],
        agents=tuple(agent["name"] for agent in card["agents"]),
        action_size=action["dimension"],
        forms={agent["name"]: form_in(agent, action) for agent in card["agents"]},
        observed={agent["name"]: agent.get("observed") or O for agent in card["agents"]},
        state_names=tuple(entry["name"] for entry in spaces["state"]),
    )


def chosen_model(wanted: Optional[str], served: Sequence[Mapping[str, Any]]) -> str:
    """The one that is wanted, or the only one, or the one labelled ``default``. DimaError ``unknown_model``."""
    if wanted is not None:
        return wanted
    names = [model["name"] for model in served]
    if len(names) == 1:
        return names[0]
    if not names:
        raise DimaError("unknown_model", "this server serves no model")
    defaults = [
        model["name"]
        for model in served
        if any("default" in version["labels"] for version in model["versions"])
    ]
    if len(defaults) == 1:
        return f"{defaults[0]}@default"
    raise DimaError("unknown_model", f"several models are served, name one: {', '.join(names)}")
