"""Many remote sessions that step together, with one message a step."""

from __future__ import annotations

import copy
import ssl as tls
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

import numpy as np

from .caution import caution_of
from .drawing.painter import not_rendered, painter_for, render_metadata
from .errors import DimaError
from .fleet import Fleet
from .forms import form_of
from .gymnasium_base import VectorEnv, autoreset_mode
from .kept_calls import KeptCalls, TellsRewound
from .model import Model
from .policy import Policy, policy_fields, step_fields
from .resets import Seeds, drawn_seeds, reset_mask, starts_of
from .seeds import Seeded, SeedStream
from .timing import Timing
from .world import Access, open_world, terms

AUTORESET_MODES = ("next_step", "same_step", "disabled")
_MOST = 4096

Infos = Dict[str, Any]
Step = Tuple[Any, np.ndarray, np.ndarray, np.ndarray, Infos]


class RemoteVectorEnv(TellsRewound, Seeded, VectorEnv):
    """E copies of a learned simulator. Arrays have the environments on their first axis.

    A ``gymnasium.vector.VectorEnv`` where Gymnasium 1.1 or later is installed, and the same without.

    url, model, key, plan, order, observations, options, max_episode_steps, timeout, reconnect_seconds,
    ssl          as for RemoteParallelEnv; what it says of lost sockets, idle sessions and copies holds
                 too
    num_envs     E, up to 4096
    autoreset    what follows the end of an episode, in Gymnasium's words (or its AutoresetMode):
                 next_step  the next step ignores the actions of that environment and shows the next
                            start, with reward 0
                 same_step  the step that ends it shows the next start already, the end is in infos
                 disabled   step is refused until reset with ``options={"reset_mask": [E]}``
    spaces       how agents are put together: "dict", observations and actions by agent, or "joint",
                 one array of them all: [E, N * O] is seen, [E, N * A] is done
    render_mode  "rgb_array": ``render()`` draws the robots, if they are the project's

    ``single_observation_space`` and ``single_action_space`` are of one environment,
    ``observation_space`` and ``action_space`` of all. Those of "dict" are called with an agent as
    PettingZoo's are: ``env.action_space("agent_0")``. The reward is the team's, one number for each
    environment.
    """

    def __init__(
        self,
        url: str = "ws://127.0.0.1:8080",
        num_envs: int = 1,
        model: Optional[str] = None,
        autoreset: Any = "next_step",
        *,
        spaces: str = "dict",
        key: Optional[str] = None,
        plan: Optional[str] = None,
        order: Any = None,
        observations: Optional[str] = None,
        options: Optional[Mapping[str, Any]] = None,
        max_episode_steps: Optional[int] = None,
        render_mode: Optional[str] = None,
        timeout: float = 60.0,
        reconnect_seconds: float = 10.0,
        ssl: Union[None, str, tls.SSLContext] = None,
    ) -> None:
        """Connects. DimaError as for RemoteParallelEnv; ``invalid_request`` for wrong arguments."""
        self._autoreset = _checked_autoreset(autoreset)
        self.num_envs = _checked_count(num_envs)
        self._world = open_world(Access(url, key, ssl, timeout, reconnect_seconds), model)
        chosen = terms(
            plan=plan,
            order=order,
            observations=observations,
            options=options,
            max_episode_steps=max_episode_steps,
            autoreset=self._autoreset,
        )
        try:
            self._describe(self._world.model, spaces, render_mode)
        except DimaError:
            self._world.connection.close()
            raise
        self._fleet = Fleet(self._world, chosen, self.num_envs)
        self._seeds = SeedStream()
        self._over = np.zeros(self.num_envs, bool)  # [E] the episode has ended, no other has begun
        self.closed = False

    def _describe(self, model: Model, spaces: str, render_mode: Optional[str]) -> None:
        E, agents = self.num_envs, model.agents
        self.possible_agents: List[str] = list(agents)
        self._single, self._form = form_of(spaces, model), form_of(spaces, model, E)
        self.single_observation_space = self._single.observation_space
        self.single_action_space = self._single.action_space
        self.observation_space = self._form.observation_space
        self.action_space = self._form.action_space
        self.state_space = model.state_space(E)
        self.metadata: Dict[str, Any] = {
            "name": f"dima/{model.name}",
            "autoreset_mode": autoreset_mode(self._autoreset),
            **render_metadata(model.state_names),
        }
        self.render_mode = render_mode
        self._painter = painter_for(render_mode, model.state_names, E)
        # Where the environments stand, for resets of some of them.
        self._states = np.zeros((E, model.state_size))  # [E, S]
        self._observations = {
            agent: np.zeros((E, model.observed[agent]), np.float32) for agent in agents  # [E, O]
        }

    def reset(
        self, seed: Seeds = None, options: Optional[Mapping[str, Any]] = None
    ) -> Tuple[Any, Infos]:
        """Begins episodes: observations, [E, O] by agent or [E, N * O]; infos with state [E, S] and
        step_id [E].

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
        if self._painter is not None:
            self._painter.begin(rows, self._states[rows])
        infos = {"state": self._states.copy(), "step_id": self._fleet.step_ids.copy()}
        return self._form.observation(self._observations), infos

    def step(self, actions: Any, policy: Optional[Policy] = None) -> Step:
        """Takes a joint action in every environment.

        actions  [E, A] by agent, or one array: [E, N, A] for "dict", [E, N * A] for "joint"
        policy   "mean" or "sample": the model's own policy acts for all agents, and actions are None;
                 ``{"agents": [names], "mode": ...}``: for these, and actions are the others'. infos
                 then have ``action`` [E, N, A], what was done

        Returns observations, [E, O] by agent or [E, N * O], rewards [E], terminations [E],
        truncations [E], and infos: state [E, S], termination_probability [E], step_id [E], ood [E]
        (how far the state is from the training data, in standard deviations), clipped_actions [E],
        timing [E] (of all together), and with same_step after an end final_obs [E] (objects: what
        was seen last) and final_state [E, S], which stand where _final_obs [E] and _final_state [E]
        are true.

        When a step fails in some environments only, the DimaError names them, and calling step
        again with the same actions goes on: those that were done are answered and not done twice.
        """
        self._check_live()
        reply = self._fleet.step(self._asked(actions, policy))
        self._states = reply["states"]
        self._observations = {agent: reply["observations"][agent] for agent in self.possible_agents}
        terminations = np.array(reply["terminations"], bool)
        truncations = np.array(reply["truncations"], bool)
        self._notice(terminations | truncations)
        return (
            self._form.observation(self._observations),
            np.array(reply["rewards"], np.float64),
            terminations,
            truncations,
            self._infos(reply),
        )

    def _asked(self, actions: Any, policy: Optional[Policy]) -> Dict[str, Any]:
        if policy is None:
            return {"actions": self._form.actions(actions)}
        if actions is not None and not isinstance(actions, Mapping):
            return {"actions": self._form.actions(actions), "policy": policy_fields(policy)}
        return step_fields(actions, policy, self._world.model.forms, self.num_envs)

    def _notice(self, ended: np.ndarray) -> None:
        """Which episodes have ended [E], and with it where another one has begun."""
        begun = ended if self._autoreset == "same_step" else self._over
        if self._painter is not None:
            self._painter.move(self._states, begun)
        self._over = ended & (self._autoreset != "same_step")

    def render(self) -> Tuple[np.ndarray, ...]:
        """The robots as they stand, uint8 [270, 480, 3] each; see RemoteParallelEnv."""
        if self._painter is None:
            raise not_rendered(bool(self.metadata["render_modes"]))
        self.state()
        return tuple(self._painter.frames())

    def state(self) -> np.ndarray:
        """[E, S], in the units of the environment. DimaError ``not_reset``."""
        self._check_open()
        self._check_begun("state")
        return self._states.copy()

    def close(self, **_: Any) -> None:
        """Ends the sessions; may be called twice."""
        if self.closed:
            return
        self.closed = True
        try:
            self._fleet.close()
        finally:
            self._world.connection.close()

    @property
    def _kept(self) -> KeptCalls:
        return self._fleet.kept

    def __getstate__(self) -> Dict[str, Any]:
        """Sessions and sockets stay here; see Fleet and World."""
        self._check_open()
        return dict(self.__dict__)

    def __copy__(self) -> "RemoteVectorEnv":
        return copy.deepcopy(self)  # the sessions of one can't be those of another

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __enter__(self) -> "RemoteVectorEnv":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __str__(self) -> str:
        return f"{self.metadata['name']} x {self.num_envs}"

    def _infos(self, reply: Mapping[str, Any]) -> Infos:
        return {
            "state": self._states.copy(),
            "termination_probability": np.array(reply["termination_probabilities"], np.float64),
            "step_id": self._fleet.step_ids.copy(),
            "timing": _objects([Timing(**reply["timing"])] * self.num_envs),
            **{name: np.array(told) for name, told in caution_of(reply).items()},
            **self._finals(reply["finals"]),
            **self._done(reply.get("actions")),
        }

    def _done(self, actions: Optional[Mapping[str, np.ndarray]]) -> Infos:
        """What a policy and others have done; nothing where none has acted."""
        if actions is None:
            return {}
        return {"action": np.stack([actions[agent] for agent in self.possible_agents], axis=1)}

    def _finals(self, finals: List[Optional[Mapping[str, Any]]]) -> Infos:
        """How the episodes ended that same_step has left behind; nothing when none did."""
        ended = np.array([final is not None for final in finals], bool)  # [E]
        if not ended.any():
            return {}
        states = np.zeros_like(self._states)  # [E, S]
        observations: List[Any] = [None] * self.num_envs
        for row in np.flatnonzero(ended):
            states[row] = finals[row]["state"]
            observations[row] = self._single.observation(finals[row]["observations"])
        return {
            "final_obs": _objects(observations),
            "_final_obs": ended,
            "final_state": states,
            "_final_state": ended.copy(),
        }

    def _check_live(self) -> None:
        self._check_open()
        self._check_begun("step")
        if self._autoreset == "disabled" and self._over.any():
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
        if self.closed:
            raise DimaError("closed", "the environments are closed", hint="Make others.")


def _objects(values: List[Any]) -> np.ndarray:
    """[E], whatever they are; NumPy by itself would look into sequences."""
    array = np.empty(len(values), object)
    for row, value in enumerate(values):
        array[row] = value
    return array


def _checked_count(num_envs: Any) -> int:
    if not isinstance(num_envs, (int, np.integer)) or not 1 <= num_envs <= _MOST:
        raise DimaError("invalid_request", f"num_envs is {num_envs!r}, expected 1 to {_MOST}")
    return int(num_envs)


def _checked_autoreset(mode: Any) -> str:
    """Gymnasium's members are named as ours are, in capitals."""
    name = getattr(mode, "name", mode)
    if not isinstance(name, str) or name.lower() not in AUTORESET_MODES:
        known = ", ".join(AUTORESET_MODES)
        raise DimaError("invalid_request", f"autoreset is {mode!r}, expected one of {known}")
    return name.lower()
