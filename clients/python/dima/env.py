"""One remote session as a PettingZoo parallel environment."""

from __future__ import annotations

import copy
import ssl as tls
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from .caution import caution_of
from .drawing.painter import not_rendered
from .errors import DimaError
from .kept_calls import KeptCalls, TellsRewound
from .kept_steps import expected_step
from .parallel import Parallel
from .plan import plan_fields, planned
from .policy import Policy, step_fields
from .seeds import Seeded, SeedStream, checked_seed
from .starts import start_fields
from .timing import Timing
from .world import GONE, Access, World, open_world, terms

Observations = Dict[str, np.ndarray]
Infos = Dict[str, Dict[str, Any]]
Step = Tuple[Observations, Dict[str, float], Dict[str, bool], Dict[str, bool], Infos]


class RemoteParallelEnv(TellsRewound, Seeded, Parallel):
    """A learned simulator that a server runs, with the parallel API of PettingZoo.

    url                of the server: ``ws://127.0.0.1:8080``; wss, http and https do as well
    model              name, name@version or name@label; None: the only one, or the one labelled default
    key                of the server's operator, if it wants one
    plan, order        how a next state is sampled; None: as the model recommends
    observations       "exact": as the task makes them of a state; "decoded": by the model's decoder, as
                       its own policy sees; None: exact if the model can
    options            what models of another kind let one choose, by name; the model says what
    max_episode_steps  steps after which an episode is truncated; None: never
    render_mode        "rgb_array": ``render()`` draws the robot, if it is one of the project's
    timeout            seconds that an answer may take
    reconnect_seconds  for how long a lost socket is tried again
    ssl                certificates that the system does not trust: an ``ssl.SSLContext``, or the path of
                       a file, which pickles can carry

    The reward is the team's: every agent gets all of it. All agents begin and end together.

    A step is done exactly once. When the socket is lost it is opened again, for up to
    ``reconnect_seconds``, and a step that was not answered is sent again under the same number; the
    server then answers it without doing it twice. After an error, too, calling ``step`` again with
    the same actions is safe, and so is ``reset``. Where the server's session store has lost steps, up to
    64 of this episode are taken again, to the same numbers, and ``on_rewound`` is called.

    A session that is not asked anything for the server's idle time-out (60 s unless set otherwise)
    is closed: ``step`` is then refused with ``session_expired``, and ``reset`` begins a new one. A
    snapshot outlives it.

    Pickles and copies (``copy.deepcopy``, worker processes, Ray) connect anew as the constructor
    did, with the key if one was given, and stand where this one stands, in a session of their own:
    with the same actions they go on alike. Before a reset, or when the session has expired, they
    wait for a reset; their next episodes are drawn as this one's are.
    """

    def __init__(
        self,
        url: str = "ws://127.0.0.1:8080",
        model: Optional[str] = None,
        *,
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
        """Connects. DimaError ``connection_failed``, ``unauthenticated``, ``unknown_model``, ..."""
        access = Access(url, key, ssl, timeout, reconnect_seconds)
        chosen = terms(
            plan=plan,
            order=order,
            observations=observations,
            options=options,
            max_episode_steps=max_episode_steps,
        )
        self._begin(open_world(access, model), chosen, render_mode)

    def _begin(
        self, world: World, chosen: Dict[str, Any], render_mode: Optional[str] = None
    ) -> None:
        try:
            self._describe(world.model, render_mode)
        except DimaError:
            world.connection.close()
            raise
        self.model = world.model
        self._world = world
        self._terms = chosen
        self._seeds = SeedStream()
        self._kept = KeptCalls(1)
        self._session: Optional[str] = None
        self._step_id = 0
        self._state: Optional[np.ndarray] = None  # [S]
        self._closed = False

    @classmethod
    def restore(
        cls,
        url: str,
        snapshot: str,
        *,
        key: Optional[str] = None,
        render_mode: Optional[str] = None,
        timeout: float = 60.0,
        reconnect_seconds: float = 10.0,
        ssl: Union[None, str, tls.SSLContext] = None,
    ) -> "RemoteParallelEnv":
        """An environment that stands where the snapshot was taken, on that server or another.

        ``observe()`` and ``state()`` tell where that is. DimaError ``invalid_snapshot``,
        ``model_gone``, and as for the constructor.
        """
        access = Access(url, key, ssl, timeout, reconnect_seconds)
        connection = access.connect()
        try:
            view = connection.request("restore", snapshot=snapshot)
            used = view["model"]
            model = access.model(f"{used['name']}@{used['version']}")
        except BaseException:
            connection.close()
            raise
        return cls._at(World(access, connection, model), view, render_mode)

    @classmethod
    def _at(
        cls, world: World, view: Mapping[str, Any], render_mode: Optional[str] = None
    ) -> "RemoteParallelEnv":
        env = cls.__new__(cls)
        chosen = terms(
            plan=view.get("plan"),
            order=view.get("order"),
            options=view.get("options"),
            max_episode_steps=view["max_episode_steps"],
        )
        env._begin(world, chosen, render_mode)
        env._seeds = SeedStream(view["seed"])
        env._stand(view)
        env._begin_picture()
        return env

    def reset(
        self, seed: Optional[int] = None, options: Optional[Mapping[str, Any]] = None
    ) -> Tuple[Observations, Infos]:
        """Begins an episode: observations [O] and infos by agent.

        seed     from which this episode and all that follow without a seed are drawn
        options  ``{"start": {"states": [l, S], "actions": [l-1, N, A]}}``: the latest states of the
                 environment, oldest first; without it one of the model's own. Others are ignored.
        """
        self._check_open()
        start = (options or {}).get("start")
        fields: Dict[str, Any] = {"seed": self._seeds.next(seed)}
        if start is not None:
            fields["start"] = start_fields(start, "options.start")
        view = self._reset_session(fields)
        self._stand(view)
        self._begin_picture()
        # As after a step: TorchRL learns from a reset which infos there are.
        facts = {"termination_probability": 0.0, "timing": Timing(0.0, 0.0, 0.0), "clipped_actions": 0}
        infos = self._infos(seed=view["seed"], **{**facts, **caution_of(view)})
        return self._by_agent(view["observations"]), infos

    def step(self, actions: Optional[Mapping[str, Any]], policy: Optional[Policy] = None) -> Step:
        """Takes one action of every agent in ``agents``, as its ``action_space`` has them.

        policy  "mean" or "sample": the model's own policy acts for all agents, and actions are None;
                ``{"agents": [names], "mode": ...}``: for these, and actions are the others'. infos
                then have ``action``, what each agent has done. DimaError ``no_policy``

        Returns dictionaries by agent: observations [O], rewards, terminations, truncations, infos
        with state [S], termination_probability, step_id, timing, ood (how far the state is from the
        training data, in standard deviations) and clipped_actions (entries that were outside the
        action space). When the episode has ended ``agents`` is empty, and a step of nobody answers
        empty dictionaries, as PettingZoo's own environments do. DimaError ``not_reset``,
        ``episode_over``, ``invalid_shape``, ``not_finite``, ``unknown_agent``, ``session_expired``
        and others of the server.
        """
        self._check_begun()
        if not self.agents and not actions and isinstance(actions, Mapping):
            return {}, {}, {}, {}, {}
        self._check_live()
        return self._take(step_fields(actions, policy, self.model.forms))

    def _take(self, fields: Dict[str, Any]) -> Step:
        """Of rows [N, A]."""
        self._check_begun()
        self._check_live()
        reply = self._step(self._step_id + 1, fields)
        self._step_id = reply["step_id"]
        self._state = reply["state"]
        if self._painter is not None:
            self._painter.move(self._state[None], np.array([False]))
        terminated, truncated = reply["terminated"], reply["truncated"]
        if terminated or truncated:
            self.agents = []
        infos = self._infos(
            termination_probability=reply["termination_probability"],
            timing=Timing(**reply["timing"]),
            **caution_of(reply),
        )
        for agent, action in reply.get("actions", {}).items():
            infos[agent]["action"] = self.model.forms[agent].action(action)
        everyone = self.possible_agents
        return (
            self._by_agent(reply["observations"]),
            dict.fromkeys(everyone, float(reply["reward"])),
            dict.fromkeys(everyone, terminated),
            dict.fromkeys(everyone, truncated),
            infos,
        )

    def state(self) -> np.ndarray:
        """The state [S] of the environment, in its own units. DimaError ``not_reset``."""
        self._check_open()
        if self._state is None:
            raise _not_reset("state")
        return self._state.copy()

    def render(self) -> np.ndarray:
        """The robot as it stands, uint8 [270, 480, 3]. DimaError ``not_reset``.

        NotImplementedError unless the environment was made with ``render_mode="rgb_array"``, which
        is for models of the project's own robots: others have states, and no picture.
        """
        if self._painter is None:
            raise not_rendered(bool(self.metadata["render_modes"]))
        self.state()
        return self._painter.frames()[0]

    def observe(self) -> Observations:
        """What the agents see now, [O] each: of use after ``restore`` and ``fork``."""
        view = self._ask("get")
        return self._by_agent(view["observations"])

    def fork(self, n: int = 1, seeds: Optional[Sequence[int]] = None) -> List["RemoteParallelEnv"]:
        """``n`` environments that stand where this one does; close each of them.

        Without seeds they meet the same noise as this one will, so that what differs between them
        is what their actions did; with seeds, one for each, each meets its own.
        """
        fields: Dict[str, Any] = {"count": n}
        if seeds is not None:
            fields["seeds"] = [checked_seed(seed, f"seeds[{i}]") for i, seed in enumerate(seeds)]
        forked = self._ask("fork", **fields)["sessions"]
        return [self._child(view) for view in forked]

    def _child(self, view: Mapping[str, Any]) -> "RemoteParallelEnv":
        child = self._at(self._world.share(), view)
        child.render_mode, child._painter = self.render_mode, copy.deepcopy(self._painter)
        return child

    def plan(self, **options: Any) -> Dict[str, Any]:
        """The joint actions that the model expects most of from here, which stays as it is: as Client.plan."""
        self._check_live()
        return planned(self._ask("plan", **plan_fields(None, options)))

    def snapshot(self) -> str:
        """Where this environment stands, for ``restore``: some kilobytes of text."""
        return self._ask("snapshot")["snapshot"]

    def close(self) -> None:
        """Ends the session; may be called twice. All else is then refused with ``closed``."""
        if self._closed:
            return
        self._closed = True
        self.agents = []
        connection = self._world.connection
        try:
            if self._session is not None:
                connection.request("close", session_id=self._session)
        except DimaError:
            pass  # it has ended already, or the server will end it when it has been idle
        finally:
            connection.close()

    def __enter__(self) -> "RemoteParallelEnv":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __getstate__(self) -> Dict[str, Any]:
        """All but the session, which stays here: where it stands goes along as a snapshot."""
        self._check_open()
        return {**self.__dict__, "_session": None, "_snapshot": self._saved()}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        snapshot = self.__dict__.pop("_snapshot")
        if snapshot is None:
            self.agents, self._step_id, self._state = [], 0, None
            return
        try:
            self._stand(self._world.connection.request("restore", snapshot=snapshot))
        except BaseException:
            self._world.connection.close()
            raise

    def __copy__(self) -> "RemoteParallelEnv":
        return copy.deepcopy(self)  # one session can't be two environments

    def _saved(self) -> Optional[str]:
        """None before the first reset, and when the session is no more."""
        try:
            return None if self._session is None else self.snapshot()
        except DimaError as error:
            if error.code in GONE:
                return None
            raise

    def _step(self, step: int, fields: Dict[str, Any]) -> Dict[str, Any]:
        """The reply to a step, after those before it that the server has lost."""
        self._kept.keep(np.array([step]), fields)
        try:
            return self._ask("step", step_id=step, **fields)
        except DimaError as error:
            first = expected_step(error)
            calls = None if first is None else self._kept.after({0: first - 1})
            if not calls:
                raise
        for _, (earlier,), again in calls:
            self._ask("step", step_id=earlier, **again)
        reply = self._ask("step", step_id=step, **fields)
        if self.on_rewound is not None:
            self.on_rewound(first, step - 1)
        return reply

    def _reset_session(self, fields: Dict[str, Any]) -> Dict[str, Any]:
        connection = self._world.connection
        if self._session is not None:
            try:
                return connection.request("reset", session_id=self._session, **fields)
            except DimaError as error:
                if error.code not in GONE:
                    raise
        return connection.request(
            "create", model=self._world.model.reference, **self._terms, **fields
        )

    def _stand(self, view: Mapping[str, Any]) -> None:
        """Takes over where the session stands."""
        self._session = view["session_id"]
        self._step_id = view["committed_step_id"]
        self._kept.begin(0, self._step_id)
        self._state = view["state"]
        over = view["terminated"] or view["truncated"]
        self.agents = [] if over else list(self.possible_agents)

    def _begin_picture(self) -> None:
        if self._painter is not None:
            self._painter.begin([0], self._state[None])

    def _ask(self, op: str, **fields: Any) -> Dict[str, Any]:
        self._check_open()
        if self._session is None:
            raise _not_reset(op)
        return self._world.connection.request(op, session_id=self._session, **fields)

    def _by_agent(self, values: Mapping[str, np.ndarray]) -> Observations:
        return {agent: values[agent] for agent in self.possible_agents}

    def _infos(self, **facts: Any) -> Infos:
        """A dictionary for each agent, with an array of its own."""
        facts = {"step_id": self._step_id, **facts}
        return {agent: {"state": self.state(), **facts} for agent in self.possible_agents}

    def _check_begun(self) -> None:
        self._check_open()
        if self._session is None:
            raise _not_reset("step")

    def _check_live(self) -> None:
        if not self.agents:
            raise DimaError("episode_over", "the episode is over", hint="Call reset first.")

    def _check_open(self) -> None:
        if self._closed:
            raise DimaError("closed", "the environment is closed", hint="Make another one.")


def _not_reset(what: str) -> DimaError:
    return DimaError("not_reset", f"{what} before the first reset", hint="Call reset first.")
