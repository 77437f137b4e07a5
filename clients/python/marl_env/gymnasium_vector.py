"""A vector environment of Gymnasium, 0.28 to 1.x, as a VectorEnv."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence

import numpy as np

from .action_forms import ActionForm
from .errors import BridgeError
from .gymnasium_versions import autoreset_mode, batch_seed, final_rows
from .results import as_numpy
from .spaces import Space, space_of
from .vector_env import Final, Observed, Stepped, VectorEnv


class GymnasiumVector(VectorEnv):
    """One environment's agent, or its actions split among several.

    env        has num_envs, single_observation_space, single_action_space, reset, step
    split      agent -> indices of the flattened action that are its own; together all, each once.
               Every agent then sees the whole observation, which is the state as well.
               None: one agent, ``agent_0``, and no state but its observation
    autoreset  "disabled", "next_step" or "same_step"; None: what the environment's metadata or else
               the version of Gymnasium tells
    max_steps  None: of the environment's spec
    deterministic, dt   see VectorEnv

    Under "disabled" a reset has Gymnasium's option ``reset_mask``. The reward is the team's.
    """

    reward = "shared"

    def __init__(
        self,
        env: Any,
        split: Optional[Mapping[str, Sequence[int]]] = None,
        autoreset: Optional[str] = None,
        max_steps: Optional[int] = None,
        deterministic: bool = False,
        dt: float = 0.0,
    ) -> None:
        self._env = env
        self._seen = Observed({})
        self.num_envs = int(env.num_envs)
        self.autoreset = autoreset_mode(env, autoreset)
        self.subset_reset = self.autoreset == "disabled"
        self.deterministic, self.dt = deterministic, dt
        limit = getattr(getattr(env, "spec", None), "max_episode_steps", None)
        self.max_steps = int((limit if max_steps is None else max_steps) or 0)
        self._spaces(env, split)

    def _spaces(self, env: Any, split: Optional[Mapping[str, Sequence[int]]]) -> None:
        agents = "agent_0" if split is None else ", ".join(split)
        observation = space_of(env.single_observation_space, f"the observation of {agents}")
        self._form = ActionForm(env.single_action_space, f"the action of {agents}")
        self._action = self._form.space
        if split is not None and self._action.choices:
            raise BridgeError("unsupported", "only a Box of actions can be split among agents")
        self._split = _split(split, self._action.size)
        self.possible_agents: List[str] = list(self._split)
        self.observation_spaces = {agent: observation for agent in self._split}
        low, high, choices = self._action.low, self._action.high, self._action.choices
        self.action_spaces = {
            agent: Space(len(own), low[own], high[own], self._action.dtype, choices=choices)
            for agent, own in self._split.items()
        }
        self.state_space = None if split is None else observation

    def reset(
        self, seeds: Optional[Sequence[int]] = None, mask: Optional[np.ndarray] = None
    ) -> Observed:
        if mask is not None and not mask.any():
            return self._seen
        options = None if mask is None or mask.all() else {"reset_mask": mask.copy()}
        observation, _ = self._env.reset(seed=batch_seed(seeds), options=options)
        self._seen = Observed(*self._same_for_all(observation))
        return self._seen

    def step(self, actions: Dict[str, np.ndarray]) -> Stepped:
        observation, rewards, terminated, truncated, infos = self._env.step(self._joint(actions))
        seen, state = self._same_for_all(observation)
        self._seen = Observed(seen, state)
        ended = (as_numpy(terminated, "terminated") != 0) | (as_numpy(truncated, "truncated") != 0)
        final = self._final(infos, np.flatnonzero(ended)) if self.autoreset == "same_step" else None
        return Stepped(seen, rewards, terminated, truncated, state, final)

    def render(self, copy: int) -> Any:
        draw = getattr(self._env, "render", None)
        pictures = None if draw is None else draw()
        if pictures is None:  # its render_mode is another than rgb_array
            raise NotImplementedError
        return pictures[copy]

    def close(self) -> None:
        self._env.close()

    def _joint(self, actions: Dict[str, np.ndarray]) -> Any:
        joint = np.empty((self.num_envs, self._action.size), self._action.dtype)
        for agent, own in self._split.items():
            joint[:, own] = actions[agent]
        return self._form.batch(joint)

    def _same_for_all(self, observation: Any) -> Any:
        seen = {agent: observation for agent in self._split}
        return seen, None if self.state_space is None else observation

    def _final(self, infos: Any, index: np.ndarray) -> Optional[Final]:
        if not len(index):
            return None
        return Final(index, *self._same_for_all(final_rows(infos, index)))


def _split(split: Optional[Mapping[str, Sequence[int]]], size: int) -> Dict[str, List[int]]:
    if split is None:
        return {"agent_0": list(range(size))}
    owned = {agent: [int(index) for index in own] for agent, own in split.items()}
    if sorted(index for own in owned.values() for index in own) != list(range(size)):
        raise BridgeError("unsupported", f"split does not have each of the {size} actions once")
    return owned
