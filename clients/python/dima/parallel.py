"""The part of PettingZoo's parallel API that needs no server: names, spaces, counts."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .drawing.painter import painter_for, render_metadata
from .model import Model
from .spaces import Box

try:  # so that isinstance finds what it looks for
    from pettingzoo import ParallelEnv as _Base
except ImportError:
    _Base = object


class Parallel(_Base):
    """Agents and spaces of a model; nothing acts before a reset."""

    def _describe(self, model: Model, render_mode: Optional[str]) -> None:
        self.possible_agents: List[str] = list(model.agents)
        self.agents: List[str] = []
        self.observation_spaces = {agent: model.observation_space(agent) for agent in model.agents}
        self.action_spaces = {agent: model.action_space(agent) for agent in model.agents}
        self.state_space = model.state_space()
        self.metadata: Dict[str, Any] = {
            "name": f"dima/{model.name}",
            "is_parallelizable": True,
            **render_metadata(model.state_names),
        }
        self.render_mode = render_mode
        self._painter = painter_for(render_mode, model.state_names, 1)

    def observation_space(self, agent: str) -> Box:
        """Always the same object."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        """Always the same object. The server clips what is outside, and says so in infos."""
        return self.action_spaces[agent]

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
