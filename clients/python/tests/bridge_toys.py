"""Environments that the tests serve: a point mass that two agents push, in all forms.

The mass stands at (x, y) and moves with (vx, vy); a step lasts DT seconds. Agent "east" sees
[x, vx, y], agent "north" sees [y, vy, x]; both push with a force of two numbers. Their reward is
-(x^2 + y^2). The episode terminates within REACH of the origin and is truncated after LIMIT steps.

There are only sums, products and quotients here, in one order, of 64 bit numbers: the tests in
TypeScript compute all of it again and compare to the last bit.
"""

from __future__ import annotations

import sys
import time
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from marl_env import IsaacVectorEnv, Observed, Space, Stepped, VectorEnv

AGENTS = ["east", "north"]
DT, REACH, LIMIT = 0.125, 0.25, 12


class Box:
    """As much of Gymnasium's Box as is needed."""

    def __init__(self, low: float, high: float, shape: Tuple[int, ...], dtype: Any) -> None:
        self.shape, self.dtype = shape, np.dtype(dtype)
        self.low, self.high = np.full(shape, low, dtype), np.full(shape, high, dtype)


class Discrete:
    """As much of Gymnasium's Discrete."""

    def __init__(self, n: int, start: int = 0) -> None:
        self.n, self.start, self.shape, self.dtype = n, start, (), np.dtype(np.int64)

    def __repr__(self) -> str:
        return f"Discrete({self.n})"


class MultiDiscrete:
    """As much of Gymnasium's MultiDiscrete."""

    def __init__(self, nvec: List[int]) -> None:
        self.nvec, self.shape, self.dtype = np.array(nvec), (len(nvec),), np.dtype(np.int64)


class Several:
    """As much of Gymnasium's Tuple, or of its Dict."""

    def __init__(self, spaces: Any) -> None:
        self.spaces = spaces


class Mass:
    """The dynamics of one copy."""

    def __init__(self) -> None:
        self.stream, self.steps = 1, 0
        self.x = self.y = self.vx = self.vy = 0.0

    def seed(self, seed: int) -> None:
        self.stream = seed % 65537

    def begin(self) -> None:
        """A start from the stream, which goes on: a small congruential generator."""
        self.x, self.y = self._draw(), self._draw()
        self.vx = self.vy = 0.0
        self.steps = 0

    def push(self, fx: float, fy: float) -> None:
        self.vx, self.vy = self.vx + DT * fx, self.vy + DT * fy
        self.x, self.y = self.x + DT * self.vx, self.y + DT * self.vy
        self.steps += 1

    @property
    def reward(self) -> float:
        return -(self.x * self.x + self.y * self.y)

    @property
    def reached(self) -> bool:
        return self.x * self.x + self.y * self.y < REACH * REACH

    @property
    def late(self) -> bool:
        return self.steps >= LIMIT

    def seen(self) -> Dict[str, np.ndarray]:
        return {
            "east": np.array([self.x, self.vx, self.y]),
            "north": np.array([self.y, self.vy, self.x]),
        }

    def state(self) -> np.ndarray:
        return np.array([self.x, self.y, self.vx, self.vy])

    def _draw(self) -> float:
        self.stream = (75 * self.stream + 74) % 65537
        return self.stream / 32768.0 - 1.0


class PointMass:
    """PettingZoo's parallel API. ``slow``: seconds that a step takes, which stderr is told of."""

    metadata = {"name": "point_mass_v0"}

    def __init__(self, slow: float = 0.0) -> None:
        self.possible_agents = list(AGENTS)
        self.agents: List[str] = []
        self.state_space = Box(-np.inf, np.inf, (4,), np.float64)
        self._mass, self._slow = Mass(), slow
        self._observation = Box(-np.inf, np.inf, (3,), np.float64)
        self._action = Box(-1, 1, (2,), np.float32)

    def observation_space(self, agent: str) -> Box:
        return self._observation

    def action_space(self, agent: str) -> Any:
        return self._action

    def reset(self, seed: Optional[int] = None, options: Any = None) -> Any:
        if seed is not None:
            self._mass.seed(seed)
        self._mass.begin()
        self.agents = list(AGENTS)
        return self._mass.seen(), {agent: {} for agent in AGENTS}

    def step(self, actions: Dict[str, np.ndarray]) -> Any:
        assert all(actions[agent].dtype == np.float32 for agent in AGENTS)
        if self._slow:
            print("stepping", file=sys.stderr, flush=True)
            time.sleep(self._slow)
        east, north = (actions[agent].tolist() for agent in AGENTS)
        self._mass.push(east[0] + north[0], east[1] + north[1])
        ended = {agent: self._mass.reached for agent in AGENTS}
        cut = {agent: self._mass.late for agent in AGENTS}
        if self._mass.reached or self._mass.late:
            self.agents = []
        rewards = {agent: self._mass.reward for agent in AGENTS}
        return self._mass.seen(), rewards, ended, cut, {agent: {} for agent in AGENTS}

    def state(self) -> np.ndarray:
        return self._mass.state()

    def render(self) -> Any:
        return np.full((2, 4, 3), self._mass.steps, np.uint8)

    def close(self) -> None:
        self.agents = []


class Stateless(PointMass):
    """Without a state: as PettingZoo's base class has it."""

    def __init__(self) -> None:
        super().__init__()
        del self.state_space

    def state(self) -> np.ndarray:
        raise NotImplementedError("state() is not implemented")

    def render(self) -> Any:
        return None


class LeavesEarly(PointMass):
    """North goes home after three steps."""

    def step(self, actions: Dict[str, np.ndarray]) -> Any:
        observations, rewards, ended, cut, infos = super().step(actions)
        if self._mass.steps == 3:
            ended["north"], self.agents = True, ["east"]
        return observations, rewards, ended, cut, infos


class Raises(PointMass):
    """Its fourth step goes wrong."""

    def step(self, actions: Dict[str, np.ndarray]) -> Any:
        if self._mass.steps == 3:
            raise RuntimeError("the mass is lost\nand so is this second line")
        return super().step(actions)


class WrongShape(PointMass):
    """North's observation grows after a step."""

    def step(self, actions: Dict[str, np.ndarray]) -> Any:
        observations, *others = super().step(actions)
        observations["north"] = np.zeros(5)
        return (observations, *others)


class WithDiscrete(PointMass):
    """North chooses among rest, -x, +x, -y, +y; its choices are numbered from ``first`` on."""

    FORCES = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))

    def __init__(self, first: int = 0) -> None:
        super().__init__()
        self._choice = Discrete(5, first)

    def action_space(self, agent: str) -> Any:
        return self._choice if agent == "north" else self._action

    def step(self, actions: Dict[str, Any]) -> Any:
        assert actions["north"].dtype == np.int64 and actions["north"].shape == ()
        north = self.FORCES[int(actions["north"]) - self._choice.start]
        return super().step({"east": actions["east"], "north": np.array(north, np.float32)})


class WithMixed(PointMass):
    """North pushes with a number of [0, 4], x or y, forwards or backwards: a tuple of both spaces."""

    def action_space(self, agent: str) -> Any:
        mixed = Several((MultiDiscrete([2, 2]), Box(0, 4, (1,), np.float32)))
        return mixed if agent == "north" else self._action

    def step(self, actions: Dict[str, Any]) -> Any:
        (axis, way), (force,) = actions["north"]
        assert 0 <= force <= 4
        north = np.zeros(2, np.float32)
        north[axis] = -force if way else force
        return super().step({"east": actions["east"], "north": north})


class WithIntegers(PointMass):
    """North's action is a box of whole numbers, which is no choice and no number."""

    def action_space(self, agent: str) -> Any:
        return Box(0, 9, (2,), np.int64) if agent == "north" else self._action


class Unready(PointMass):
    """Can't be made."""

    def __init__(self) -> None:
        raise OSError("no such simulator")


class VectorPoint:
    """Gymnasium's vector API over masses that one agent pushes: its observation [2, 2] is x, y, vx,
    vy, the rows of its action [2, 2] are added. ``mode`` as Gymnasium 1.1 tells it; ``spelling`` of
    the final observations as 0.29 (final_observation) or 1.x (final_obs) have it.
    """

    def __init__(self, num_envs: int, mode: str = "NextStep", spelling: str = "final_obs") -> None:
        self.num_envs = num_envs
        self.single_observation_space = Box(-np.inf, np.inf, (2, 2), np.float64)
        self.single_action_space = Box(-1, 1, (2, 2), np.float32)
        self.metadata = {"autoreset_mode": mode}
        self._mode, self._spelling = mode, spelling
        self._masses = [Mass() for _ in range(num_envs)]
        self._over = np.zeros(num_envs, bool)

    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        mask = (options or {}).get("reset_mask", np.ones(self.num_envs, bool))
        seeds = [seed + e for e in range(self.num_envs)] if isinstance(seed, int) else seed
        for e in np.flatnonzero(mask):
            if seeds is not None:
                self._masses[e].seed(seeds[e])
            self._masses[e].begin()
            self._over[e] = False
        return self._seen(), {}

    def step(self, actions: np.ndarray) -> Any:
        assert actions.shape == (self.num_envs, 2, 2) and actions.dtype == np.float32
        count = self.num_envs
        rewards, ended, cut = np.zeros(count), np.zeros(count, bool), np.zeros(count, bool)
        last = np.full(count, None, object)
        for e, mass in enumerate(self._masses):
            if self._over[e] and self._mode == "NextStep":
                mass.begin()
                continue
            assert not self._over[e]
            forces = actions[e].astype(float)
            mass.push(*(forces[0] + forces[1]).tolist())
            rewards[e], ended[e], cut[e] = mass.reward, mass.reached, mass.late
            if self._mode == "SameStep" and (mass.reached or mass.late):
                last[e] = mass.state().reshape(2, 2)
                mass.begin()
        self._over = (ended | cut) & (self._mode != "SameStep")
        infos = {self._spelling: last, "_" + self._spelling: ended | cut}
        return self._seen(), rewards, ended, cut, infos

    def close(self) -> None:
        pass

    def _seen(self) -> np.ndarray:
        return np.stack([mass.state().reshape(2, 2) for mass in self._masses])


class ToyHands:
    """As the wrappers of Bi-DexHands have it: two hands push the masses, each sees x, y, vx, vy and
    its number. A copy that ended is reset when the next step begins, which then applies its action.
    """

    def __init__(self, num_envs: int) -> None:
        self.num_envs = num_envs
        self.action_space = [Box(-1, 1, (2,), np.float32)] * 2
        self.observation_space = [Box(-np.inf, np.inf, (5,), np.float32)] * 2
        self.share_observation_space = [Box(-np.inf, np.inf, (4,), np.float32)] * 2
        self.max_episode_length = LIMIT
        self.progress_buf = np.zeros(num_envs, int)
        self.reset_buf = np.ones(num_envs, int)
        self._masses = [Mass() for _ in range(num_envs)]

    def reset(self) -> Any:
        return self.step([np.zeros((self.num_envs, 2), np.float32)] * 2)[:2] + (None,)

    def step(self, actions: List[np.ndarray]) -> Any:
        for e, mass in enumerate(self._masses):
            if self.reset_buf[e]:
                mass.begin()
            mass.push(*np.clip(sum(a[e].astype(float) for a in actions), -2, 2).tolist())
            self.progress_buf[e], self.reset_buf[e] = mass.steps, mass.reached or mass.late
        states = np.stack([mass.state() for mass in self._masses])
        hands = [np.column_stack([states, np.full(self.num_envs, 100 * i)]) for i in range(2)]
        rewards = np.array([[[mass.reward]] * 2 for mass in self._masses])
        dones = np.stack([self.reset_buf] * 2, axis=1)
        return np.stack(hands, 1), np.stack([states] * 2, 1), rewards, dones, None, None


class Numbers(VectorEnv):
    """A VectorEnv of HalfCheetah-2x3's shapes that computes next to nothing, for timings."""

    def __init__(self, num_envs: int) -> None:
        self.num_envs = num_envs
        self.possible_agents = ["agent_0", "agent_1"]
        self.observation_spaces = {agent: Space(19) for agent in self.possible_agents}
        self.action_spaces = {agent: Space(3, -1, 1) for agent in self.possible_agents}
        self.state_space = Space(17, dtype=np.float64)
        self.subset_reset, self.deterministic, self.max_steps, self.dt = True, True, 1000, 0.05
        self._state = np.zeros((num_envs, 17))

    def reset(self, seeds: Any = None, mask: Any = None) -> Observed:
        self._state[slice(None) if mask is None else mask] = 0
        return Observed(self._seen(), self._state)

    def step(self, actions: Dict[str, np.ndarray]) -> Stepped:
        joint = np.concatenate([actions[agent] for agent in self.possible_agents], axis=1)
        self._state *= 0.95
        self._state[:, 8:14] += joint
        reward = self._state[:, 8] - 0.1 * (joint * joint).sum(axis=1)
        never = np.zeros(self.num_envs, bool)
        return Stepped(self._seen(), reward, never, never, self._state)

    def _seen(self) -> Dict[str, np.ndarray]:
        rows = np.zeros((self.num_envs, 19), np.float32)
        rows[:, :17] = self._state
        return {agent: rows for agent in self.possible_agents}


def point_mass(slow: float = 0.0) -> PointMass:
    return PointMass(slow)


def next_step(num_envs: int) -> VectorPoint:
    return VectorPoint(num_envs, "NextStep")


def same_step(num_envs: int) -> VectorPoint:
    return VectorPoint(num_envs, "SameStep", "final_observation")


def disabled(num_envs: int) -> VectorPoint:
    return VectorPoint(num_envs, "Disabled")


def hands(num_envs: int) -> IsaacVectorEnv:
    return IsaacVectorEnv(ToyHands(num_envs), agents=["right", "left"])


ALL = {
    "point_mass": point_mass,
    "stateless": Stateless,
    "leaves_early": LeavesEarly,
    "raises": Raises,
    "wrong_shape": WrongShape,
    "discrete": WithDiscrete,
    "mixed": WithMixed,
    "integers": WithIntegers,
    "unready": Unready,
    "next_step": next_step,
    "same_step": same_step,
    "disabled": disabled,
    "hands": hands,
    "numbers": Numbers,
}
