"""What an environment says of itself, read once and checked: the message ``made``."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .action_forms import ActionForm
from .errors import BridgeError
from .spaces import Space, space_of
from .vector_env import AUTORESET_MODES
from .wire import LARGEST

MOST_AGENTS, MOST_COPIES = 256, 65_536


class Declared:
    """The terms of one session. BridgeError ``unsupported`` names what can't be served."""

    def __init__(self, env: Any, num_envs: int) -> None:
        self.num_envs = num_envs
        self.agents: List[str] = _agents(env)
        self.observations: Dict[str, Space] = {
            agent: space_of(_of(env, "observation_spaces", agent), f"the observation of {agent}")
            for agent in self.agents
        }
        self.actions: Dict[str, Space] = {
            agent: ActionForm(_of(env, "action_spaces", agent), f"the action of {agent}").space
            for agent in self.agents
        }
        state = getattr(env, "state_space", None)
        self.state: Optional[Space] = None if state is None else space_of(state, "the state")
        self.reward = _one_of(env, "reward", ("shared", "per_agent"), "shared")
        self.autoreset = _one_of(env, "autoreset", AUTORESET_MODES, "disabled")
        self.subset_reset = bool(getattr(env, "subset_reset", False))
        self.max_steps = int(getattr(env, "max_steps", 0) or 0)
        self.deterministic = bool(getattr(env, "deterministic", False))
        self.dt = float(getattr(env, "dt", 0.0) or 0.0)
        self._check()

    def message(self) -> Dict[str, Any]:
        """``made``, less the names of the session and the environment."""
        return {
            "type": "made",
            "num_envs": self.num_envs,
            "possible_agents": self.agents,
            "obs_spaces": {agent: space.describe() for agent, space in self.observations.items()},
            "act_spaces": {agent: space.describe() for agent, space in self.actions.items()},
            "state_space": None if self.state is None else self.state.describe(),
            "reward": self.reward,
            "max_steps": self.max_steps,
            "autoreset": self.autoreset,
            "subset_reset": self.subset_reset,
            "deterministic": self.deterministic,
            "dt": self.dt,
        }

    def _check(self) -> None:
        if self.autoreset == "disabled" and not self.subset_reset:
            raise BridgeError(
                "unsupported",
                "autoreset is disabled and subset_reset false: copies that ended can't go on",
            )
        largest = self._row_bytes() * self.num_envs
        if largest > LARGEST - 2**16:  # room for all that is no array
            most = (LARGEST - 2**16) // self._row_bytes()
            raise BridgeError(
                "unsupported", f"{self.num_envs} copies are too many for a message: {most} at most"
            )

    def _row_bytes(self) -> int:
        """Of one copy in the largest answer to a step."""
        spaces = list(self.observations.values()) + ([self.state] if self.state else [])
        rows = sum(space.size * space.dtype.itemsize for space in spaces)
        finals = rows if self.autoreset == "same_step" else 0
        return rows + finals + 8 * len(self.agents) + 2


def _agents(env: Any) -> List[str]:
    agents = list(env.possible_agents)
    if not 1 <= len(agents) <= MOST_AGENTS or len(set(agents)) < len(agents):
        raise BridgeError(
            "unsupported", f"there are {len(agents)} agents; 1 to {MOST_AGENTS}, each once"
        )
    for agent in agents:
        if not isinstance(agent, str) or not agent:
            raise BridgeError("unsupported", f"an agent is called {agent!r}; names are texts")
    return agents


def _of(env: Any, what: str, agent: str) -> Any:
    spaces = getattr(env, what, None)
    if not isinstance(spaces, dict) or agent not in spaces:
        raise BridgeError("unsupported", f"{what} has nothing for {agent}")
    return spaces[agent]


def _one_of(env: Any, what: str, allowed: Any, default: str) -> str:
    value = getattr(env, what, default)
    if value not in allowed:
        raise BridgeError("unsupported", f"{what} is {value!r}, expected {', '.join(allowed)}")
    return value
