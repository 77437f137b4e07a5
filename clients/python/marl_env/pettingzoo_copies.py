"""N copies of a PettingZoo parallel environment, stepped in turn."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence

import numpy as np

from .action_forms import ActionForm
from .cooperation import joint_end, pick, uncooperative
from .errors import BridgeError
from .guarded import guarded
from .results import as_numpy, one_number, rows_of
from .spaces import Space, space_of
from .vector_env import Observed, Stepped, VectorEnv


class PettingZooCopies(VectorEnv):
    """Cooperative tasks: all agents begin together and end together.

    envs           the copies, all of one kind
    reward         "per_agent", or "shared" where all agents always get the same
    max_steps, dt, deterministic   see VectorEnv; PettingZoo has no place for them

    There is a global state where ``state()`` works. Without a ``state_space`` the environment is
    reset once to find out. An episode whose agents end with different flags counts as terminated.
    """

    autoreset = "disabled"
    subset_reset = True

    def __init__(
        self,
        envs: Sequence[Any],
        reward: str = "per_agent",
        max_steps: int = 0,
        deterministic: bool = False,
        dt: float = 0.0,
    ) -> None:
        self._envs = list(envs)
        first = self._envs[0]
        if len(set(map(id, self._envs))) < len(self._envs):
            raise BridgeError(
                "env_failed", "the factory gave one environment twice, not a copy each"
            )
        self.num_envs = len(self._envs)
        self.reward, self.max_steps, self.dt = reward, max_steps, dt
        self.deterministic = deterministic
        self._read_spaces(first)
        self._observations = {
            agent: self._rows(space) for agent, space in self.observation_spaces.items()
        }
        self._state = None if self.state_space is None else self._rows(self.state_space)

    def _read_spaces(self, first: Any) -> None:
        self.possible_agents: List[str] = list(first.possible_agents)
        self.observation_spaces = {
            agent: space_of(first.observation_space(agent), f"the observation of {agent}")
            for agent in self.possible_agents
        }
        self._forms = {
            agent: ActionForm(first.action_space(agent), f"the action of {agent}")
            for agent in self.possible_agents
        }
        self.action_spaces = {agent: form.space for agent, form in self._forms.items()}
        self.state_space = _state_space(first)

    def _rows(self, space: Space) -> np.ndarray:
        return np.zeros((self.num_envs, space.size), space.dtype)

    def reset(
        self, seeds: Optional[Sequence[int]] = None, mask: Optional[np.ndarray] = None
    ) -> Observed:
        for copy, env in enumerate(self._envs):
            if mask is None or mask[copy]:
                seed = None if seeds is None else seeds[copy]
                observations = _first(guarded(f"copy {copy}: reset", env.reset, seed=seed))
                for agent in self.possible_agents:
                    if agent not in env.agents:
                        raise uncooperative(f"{agent} is missing after reset", copy)
                self._see(copy, observations)
        return Observed(self._observations, self._state)

    def step(self, actions: Dict[str, np.ndarray]) -> Stepped:
        count, agents = self.num_envs, self.possible_agents
        rewards = {agent: np.zeros(count) for agent in agents}
        terminated, truncated = np.zeros(count, bool), np.zeros(count, bool)
        taken = {agent: self._forms[agent].each(actions[agent]) for agent in agents}
        for copy, env in enumerate(self._envs):
            joint = {agent: taken[agent][copy] for agent in agents}
            observations, earned, *ends = _five(guarded(f"copy {copy}: step", env.step, joint))
            self._see(copy, observations)
            for agent in agents:
                what = f"the reward of {agent} in copy {copy}"
                rewards[agent][copy] = one_number(pick(earned, agent, "reward", copy), what)
            terminated[copy], truncated[copy] = joint_end(copy, env.agents, agents, ends)
        return Stepped(
            self._observations, self._earned(rewards), terminated, truncated, self._state
        )

    def render(self, copy: int) -> Any:
        draw = getattr(self._envs[copy], "render", None)
        picture = None if draw is None else draw()
        if picture is None:  # its render_mode is another than rgb_array
            raise NotImplementedError
        return picture

    def close(self) -> None:
        for env in self._envs:
            env.close()

    def _see(self, copy: int, observations: Mapping[str, Any]) -> None:
        for agent, space in self.observation_spaces.items():
            observation = pick(observations, agent, "observation", copy)
            what = f"the observation of {agent} in copy {copy}"
            self._observations[agent][copy] = _row(observation, what, space)
        if self._state is not None:
            state = guarded(f"copy {copy}: state", self._envs[copy].state)
            self._state[copy] = _row(state, f"the state of copy {copy}", self.state_space)

    def _earned(self, rewards: Dict[str, np.ndarray]) -> Any:
        if self.reward != "shared":
            return rewards
        first = rewards[self.possible_agents[0]]
        for agent, own in rewards.items():
            for copy in np.flatnonzero(own != first)[:1]:
                raise BridgeError(
                    "env_failed",
                    f"reward is shared, but that of {agent} differs in copy {copy}: "
                    f"{own[copy]:g}, not {first[copy]:g}",
                )
        return first


def _state_space(env: Any) -> Optional[Space]:
    space = getattr(env, "state_space", None)
    if space is not None:
        return space_of(space, "the state")
    if not callable(getattr(env, "state", None)):
        return None
    guarded("copy 0: reset", env.reset)
    try:
        state = env.state()
    except NotImplementedError:
        return None
    if state is None:
        return None
    array = as_numpy(state, "the state of copy 0")
    space = Space(array.size, dtype=array.dtype)
    space.shape = array.shape  # several dimensions become one, as those of a declared space
    return space


def _first(result: Any) -> Any:
    """Observations, with infos beside them or, in old versions, alone."""
    return result[0] if isinstance(result, tuple) else result


def _five(results: Any) -> List[Any]:
    """Observations, rewards, terminations, truncations: five with the infos, which stay here."""
    if not isinstance(results, tuple) or len(results) != 5:
        raise BridgeError("env_failed", "step gave no tuple of five, as PettingZoo has since 1.22")
    return list(results[:4])


def _row(value: Any, what: str, space: Space) -> np.ndarray:
    return rows_of(as_numpy(value, what)[None], what, 1, space)[0]

