"""Many remote sessions that step together, with one message a step."""

from __future__ import annotations

import ssl as tls
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

import numpy as np

from .actions import joint_action, joint_array
from .caution import caution_of
from .errors import DimaError
from .fleet import Fleet
from .model import Model
from .resets import Seeds, drawn_seeds, reset_mask, starts_of
from .seeds import SeedStream
from .spaces import Box
from .timing import Timing
from .world import Access, open_world, terms

AUTORESET_MODES = ("next_step", "same_step", "disabled")
_MOST = 4096

Observations = Dict[str, np.ndarray]
Infos = Dict[str, Any]
Step = Tuple[Observations, Dict[str, np.ndarray], np.ndarray, np.ndarray, Infos]


class RemoteVectorEnv:
    """E copies of a learned simulator. Arrays have the environments on their first axis.

    url, model, key, plan, order, observations, options, max_episode_steps, timeout, reconnect_seconds,
    ssl        as for RemoteParallelEnv; what it says of lost sockets and idle sessions holds too
    num_envs   E, up to 4096
    autoreset  what follows the end of an episode, in Gymnasium's words:
               next_step  the next step ignores the actions of that environment and shows the next
                          start, with reward 0
               same_step  the step that ends it shows the next start already, the end is in infos
               disabled   step is refused until reset with ``options={"reset_mask": [E]}``
    """

    def __init__(
        self,
        url: str = "ws://127.0.0.1:8080",
        num_envs: int = 1,
        model: Optional[str] = None,
        autoreset: str = "next_step",
        *,
        key: Optional[str] = None,
        plan: Optional[str] = None,
        order: Any = None,
        observations: Optional[str] = None,
        options: Optional[Mapping[str, Any]] = None,
        max_episode_steps: Optional[int] = None,
        timeout: float = 60.0,
        reconnect_seconds: float = 10.0,
        ssl: Optional[tls.SSLContext] = None,
    ) -> None:
        """Connects. DimaError as for RemoteParallelEnv; ``invalid_request`` for wrong arguments."""
        _check_arguments(num_envs, autoreset)
        self._world = open_world(Access(url, key, ssl, timeout, reconnect_seconds), model)
        chosen = terms(
            plan=plan,
            order=order,
            observations=observations,
            options=options,
            max_episode_steps=max_episode_steps,
            autoreset=autoreset,
        )
        self.num_envs = int(num_envs)
        self.metadata: Dict[str, Any] = {
            "name": f"dima/{self._world.model.name}",
            "autoreset_mode": autoreset,
        }
        self._describe(self._world.model)
        self._fleet = Fleet(self._world, chosen, self.num_envs)
        self._seeds = SeedStream()
        self._over = np.zeros(self.num_envs, bool)  # [E] waits for a reset; autoreset disabled only
        self._closed = False

    def _describe(self, model: Model) -> None:
        E, agents = self.num_envs, model.agents
        self.possible_agents: List[str] = list(agents)
        self.single_observation_spaces = {agent: model.observation_space() for agent in agents}
        self.single_action_spaces = {agent: model.action_space() for agent in agents}
        self.observation_spaces = {agent: model.observation_space(E) for agent in agents}
        self.action_spaces = {agent: model.action_space(E) for agent in agents}
        self.state_space = model.state_space(E)
        # Where the environments stand, for resets of some of them.
        self._states = np.zeros((E, model.state_size))  # [E, S]
        self._observations = {
            agent: np.zeros((E, model.observation_size), np.float32) for agent in agents  # [E, O]
        }

    def reset(
        self, seed: Seeds = None, options: Optional[Mapping[str, Any]] = None
    ) -> Tuple[Observations, Infos]:
        """Begins episodes: observations [E, O] by agent; infos with state [E, S] and step_id [E].

        seed     E of them; or one, from which environment i gets seed + i; or None
        options  start: one for all, as in RemoteParallelEnv; starts: E of them;
                 reset_mask: [E], which ones begin anew while the others stay as they are
        """
        self._check_open()
        options = options or {}
        mask = reset_mask(options.get("reset_mask"), self.num_envs, self._fleet.begun)
        starts = starts_of(options, self.num_envs)
        seeds = drawn_seeds(self._seeds, seed, self.num_envs)
        rows = np.flatnonzero(mask)
        views = self._fleet.reset(rows, [{"seed": seeds[row], **starts[row]} for row in rows])
        for row, view in zip(rows, views):
            self._states[row] = view["state"]
            for agent, o in self._observations.items():
                o[row] = view["observations"][agent]
        self._over[rows] = False
        infos = {"state": self._states.copy(), "step_id": self._fleet.step_ids.copy()}
        return _copied(self._observations), infos

    def step(self, actions: Union[Mapping[str, Any], Any]) -> Step:
        """Takes a joint action in every environment.

        actions  [E, A] by agent, or one array [E, N, A]

        Returns observations [E, O] by agent, rewards [E] by agent, terminations [E], truncations
        [E], and infos: state [E, S], termination_probability [E], step_id [E], ood [E] (how far the
        state is from the training data, in standard deviations), clipped_actions [E], timing, and with
        same_step after an end final_obs [E, O] by agent and final_state [E, S], which stand where
        _final_obs [E] and _final_state [E] are true.

        When a step fails in some environments only, the DimaError names them, and calling step
        again with the same actions goes on: those that were done are answered and not done twice.
        """
        self._check_live()
        reply = self._fleet.step(self._joint(actions))
        self._states = reply["states"]
        self._observations = {agent: reply["observations"][agent] for agent in self.possible_agents}
        terminations = np.array(reply["terminations"], bool)
        truncations = np.array(reply["truncations"], bool)
        if self.metadata["autoreset_mode"] == "disabled":
            self._over = terminations | truncations
        rewards = np.array(reply["rewards"], np.float64)
        return (
            _copied(self._observations),
            {agent: rewards.copy() for agent in self.possible_agents},
            terminations,
            truncations,
            self._infos(reply),
        )

    def state(self) -> np.ndarray:
        """[E, S], in the units of the environment. DimaError ``not_reset``."""
        self._check_open()
        self._check_begun("state")
        return self._states.copy()

    def close(self) -> None:
        """Ends the sessions; may be called twice."""
        if self._closed:
            return
        self._closed = True
        try:
            self._fleet.close()
        finally:
            self._world.connection.close()

    def observation_space(self, agent: str) -> Box:
        """Of arrays [E, O]."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Box:
        """Of arrays [E, A]."""
        return self.action_spaces[agent]

    def single_observation_space(self, agent: str) -> Box:
        """Of arrays [O]."""
        return self.single_observation_spaces[agent]

    def single_action_space(self, agent: str) -> Box:
        """Of arrays [A]."""
        return self.single_action_spaces[agent]

    def __enter__(self) -> "RemoteVectorEnv":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __str__(self) -> str:
        return f"{self.metadata['name']} x {self.num_envs}"

    def _joint(self, actions: Any) -> np.ndarray:
        E, A = self.num_envs, self._world.model.action_size
        if isinstance(actions, Mapping):
            return joint_action(actions, self.possible_agents, (E, A))
        return joint_array(actions, (E, len(self.possible_agents), A))

    def _infos(self, reply: Mapping[str, Any]) -> Infos:
        return {
            "state": self._states.copy(),
            "termination_probability": np.array(reply["termination_probabilities"], np.float64),
            "step_id": self._fleet.step_ids.copy(),
            "timing": Timing(**reply["timing"]),
            **{name: np.array(told) for name, told in caution_of(reply).items()},
            **self._finals(reply["finals"]),
        }

    def _finals(self, finals: List[Optional[Mapping[str, Any]]]) -> Infos:
        """How the episodes ended that same_step has left behind; nothing when none did."""
        ended = np.array([final is not None for final in finals], bool)  # [E]
        if not ended.any():
            return {}
        states = np.zeros_like(self._states)  # [E, S]
        observations = {agent: np.zeros_like(o) for agent, o in self._observations.items()}
        for row in np.flatnonzero(ended):
            states[row] = finals[row]["state"]
            for agent, o in observations.items():
                o[row] = finals[row]["observations"][agent]
        return {
            "final_obs": observations,
            "_final_obs": ended,
            "final_state": states,
            "_final_state": ended.copy(),
        }

    def _check_live(self) -> None:
        self._check_open()
        self._check_begun("step")
        if self._over.any():
            rows = ", ".join(map(str, np.flatnonzero(self._over)[:8]))
            raise DimaError(
                "episode_over",
                f"the episode is over in environment {rows}",
                hint='Call reset(options={"reset_mask": terminations | truncations}).',
            )

    def _check_begun(self, what: str) -> None:
        if not self._fleet.begun:
            raise DimaError("not_reset", f"{what} before the first reset", hint="Call reset first.")

    def _check_open(self) -> None:
        if self._closed:
            raise DimaError("closed", "the environments are closed", hint="Make others.")


def _copied(arrays: Mapping[str, np.ndarray]) -> Observations:
    return {name: array.copy() for name, array in arrays.items()}


def _check_arguments(num_envs: int, autoreset: str) -> None:
    if not isinstance(num_envs, (int, np.integer)) or not 1 <= num_envs <= _MOST:
        raise DimaError("invalid_request", f"num_envs is {num_envs!r}, expected 1 to {_MOST}")
    if autoreset not in AUTORESET_MODES:
        known = ", ".join(AUTORESET_MODES)
        raise DimaError("invalid_request", f"autoreset is {autoreset!r}, expected one of {known}")
