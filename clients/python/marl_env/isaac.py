"""Tasks of Isaac Gym whose copies share one simulation, in the wrappers of Bi-DexHands."""

from __future__ import annotations

import sys
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .errors import BridgeError
from .results import as_numpy
from .spaces import Space, space_of
from .vector_env import Observed, Stepped, VectorEnv


class IsaacVectorEnv(VectorEnv):
    """All copies step together and reset themselves at the start of the step after their end.

    env     num_envs; observation_space, share_observation_space and action_space: lists, one box an
            agent; reset() -> (observations [N, agents, o], states [N, agents, s], ...);
            step([action [N, a] of each agent]) -> (observations, states, rewards [N, agents, 1],
            dones [N, agents], ...). Its ``task`` has progress_buf [N], reset_buf [N] and
            max_episode_length
    agents  their names; None: agent_0, agent_1, ...
    reward  "shared", or "per_agent" where agents get different ones
    limit   steps of an episode; None: the task's max_episode_length
    clip    observations and states are clipped to [-clip, clip] and declared so; None: as they are
    dt      seconds of a step

    Such tasks do not tell time-outs from failures: an end at ``progress() >= limit`` is truncated,
    any other terminated. There is no reset of some copies only, and seeds do nothing: physics on a
    GPU is not deterministic. The resetting step is the first of an episode, also in ``reset``,
    where the environment chooses the action. Override ``progress``, ``mark_all`` or ``tensor`` for
    other wrappers.
    """

    autoreset = "next_step_acted"
    subset_reset = False
    deterministic = False

    def __init__(
        self,
        env: Any,
        agents: Optional[Sequence[str]] = None,
        limit: Optional[int] = None,
        clip: Optional[float] = 5.0,
        dt: float = 0.0,
        reward: str = "shared",
    ) -> None:
        self.env, self.task = env, getattr(env, "task", env)
        self.num_envs = int(env.num_envs)
        self.limit = int(self.task.max_episode_length if limit is None else limit)
        self.max_steps, self.dt, self._clip, self.reward = self.limit, dt, clip, reward
        count = len(env.action_space)
        self.possible_agents: List[str] = list(agents or [f"agent_{i}" for i in range(count)])
        self.observation_spaces = {
            agent: self._clipped(box, f"the observation of {agent}")
            for agent, box in zip(self.possible_agents, env.observation_space)
        }
        self.action_spaces = {
            agent: space_of(box, f"the action of {agent}", True)
            for agent, box in zip(self.possible_agents, env.action_space)
        }
        self.state_space = self._clipped(env.share_observation_space[0], "the state")

    def progress(self) -> Any:
        """[N], steps since the start of each copy's episode, as they are after a step."""
        return self.task.progress_buf

    def mark_all(self) -> None:
        """Makes the next step begin new episodes in all copies."""
        self.task.reset_buf[:] = 1

    def tensor(self, array: np.ndarray) -> Any:
        """What the environment takes for an action: a tensor where torch is loaded."""
        torch = sys.modules.get("torch")
        if torch is None:
            return array
        return torch.as_tensor(array, device=getattr(self.env, "rl_device", "cpu"))

    def reset(
        self, seeds: Optional[Sequence[int]] = None, mask: Optional[np.ndarray] = None
    ) -> Observed:
        self.mark_all()
        observations, states = self.env.reset()[:2]
        ended = np.flatnonzero(as_numpy(self.task.reset_buf, "reset_buf"))
        if len(ended):  # the next step would begin another episode unseen
            raise BridgeError("env_failed", f"copy {ended[0]} ended in the step that reset it")
        return Observed(*self._seen(observations, states))

    def step(self, actions: Dict[str, np.ndarray]) -> Stepped:
        joint = [self.tensor(actions[agent]) for agent in self.possible_agents]
        observations, states, rewards, dones = self.env.step(joint)[:4]
        seen, state = self._seen(observations, states)
        done = as_numpy(dones, "dones").reshape(self.num_envs, -1).any(axis=1)
        late = as_numpy(self.progress(), "progress") >= self.limit
        earned = as_numpy(rewards, "the rewards").reshape(self.num_envs, -1)  # [N, agents]
        return Stepped(seen, self._earned(earned), done & ~late, done & late, state)

    def _earned(self, rewards: np.ndarray) -> Any:
        if self.reward != "shared":
            return {agent: rewards[:, i] for i, agent in enumerate(self.possible_agents)}
        for copy, other in np.argwhere(rewards != rewards[:, :1])[:1]:
            names, own = self.possible_agents, rewards[copy]
            raise BridgeError(
                "env_failed",
                f"reward is shared, but in copy {copy} {names[0]} gets {own[0]:g} and "
                f'{names[other]} {own[other]:g}: reward="per_agent" serves their own',
            )
        return rewards[:, 0]

    def close(self) -> None:
        """Nothing: a process has one simulation, and may be asked for it again."""

    def _seen(self, observations: Any, states: Any) -> Tuple[Dict[str, np.ndarray], np.ndarray]:
        rows = self._within(as_numpy(observations, "the observations"))  # [N, agents, o]
        seen = {agent: rows[:, i] for i, agent in enumerate(self.possible_agents)}
        return seen, self._within(as_numpy(states, "the states"))[:, 0]

    def _within(self, rows: np.ndarray) -> np.ndarray:
        return rows if self._clip is None else np.clip(rows, -self._clip, self._clip)

    def _clipped(self, box: Any, what: str) -> Space:
        space = space_of(box, what)
        if self._clip is None:
            return space
        low, high = np.clip([space.low, space.high], -self._clip, self._clip)
        return Space(space.size, low, high, space.dtype)
