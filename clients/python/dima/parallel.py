"""The part of PettingZoo's parallel API that needs no server: names, spaces, counts."""

from __future__ import annotations

from typing import Any, Dict, List

from .model import Model
from .spaces import Box

try:  # so that isinstance finds what it looks for
    from pettingzoo import ParallelEnv as _Base
except ImportError:
    _Base = object


class Parallel(_Base):
    """Agents and spaces of a model; nothing acts before a reset."""

    render_mode = None

    def _describe(self, model: Model) -> None:
        self.possible_agents: List[str] = list(model.agents)
        self.agents: List[str] = []
        self.observation_spaces = {agent: model.observation_space() for agent in model.agents}
        self.action_spaces = {agent: model.action_space() for agent in model.agents}
        self.state_space = model.state_space()
        self.metadata: Dict[str, Any] = {
            "name": f"dima/{model.name}",
            "render_modes": [],
            "is_parallelizable": True,
        }

    def observation_space(self, agent: str) -> Box:
        """Always the same object."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Box:
        """Always the same object. The server clips what is outside, and says so in infos."""
        return self.action_spaces[agent]

    def render(self) -> None:
        """Not possible: a learned simulator has states and observations, and no picture."""
        raise NotImplementedError("a remote world model can't be rendered")

    @property
    def num_agents(self) -> int:
        """Agents that act now."""
        return len(self.agents)

    @property
    def max_num_agents(self) -> int:
        return len(self.possible_agents)

    @property
    def unwrapped(self) -> Any:
        return self

    def __str__(self) -> str:
        return self.metadata["name"]
