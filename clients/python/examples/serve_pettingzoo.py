"""Serves an environment of one's own, written to PettingZoo's parallel API, to DIMA's trainer.

    python examples/serve_pettingzoo.py --port 8765
    npm run train -- --env ws://127.0.0.1:8765 --task two-carts

Two carts of 1 kg on a line are joined by a spring; each agent pushes one of them with up to 1 N.
Together they bring the pair to rest at the origin: the reward is what is left of that, for both. An
episode terminates when a cart is farther than 4 m away and is truncated after 200 steps of 0.05 s.

PettingZoo and Gymnasium need not be installed: a space is anything with shape, low, high and dtype.
"""

import argparse

import numpy as np

from marl_env import serve

AGENTS = ["left", "right"]
DT, SPRING, LENGTH, FAR, LIMIT = 0.05, 2.0, 1.0, 4.0, 200


class Box:
    """What Gymnasium's Box would be."""

    def __init__(self, bound, size):
        self.shape, self.dtype = (size,), np.dtype(np.float32)
        self.low, self.high = np.full(size, -bound, np.float32), np.full(size, bound, np.float32)


class TwoCarts:
    possible_agents = AGENTS
    metadata = {"name": "two-carts-v0"}
    state_space = Box(np.inf, 4)  # positions in m and velocities in m/s, of left and right

    def __init__(self):
        self.agents = []
        self._random = np.random.default_rng()

    def observation_space(self, agent):
        return Box(np.inf, 3)  # own position and velocity, how far the other one is

    def action_space(self, agent):
        return Box(1.0, 1)  # force in N

    def reset(self, seed=None, options=None):
        if seed is not None:
            self._random = np.random.default_rng(seed)
        self._x = self._random.uniform(-1, 1, 2) + [-LENGTH / 2, LENGTH / 2]
        self._v, self._steps, self.agents = np.zeros(2), 0, list(AGENTS)
        return self._seen(), {agent: {} for agent in AGENTS}

    def step(self, actions):
        force = np.clip([float(actions[agent][0]) for agent in AGENTS], -1, 1)
        pull = SPRING * (self._x[1] - self._x[0] - LENGTH)
        self._v = self._v + DT * (force + [pull, -pull])
        self._x = self._x + DT * self._v
        self._steps += 1
        reward = float(1.0 - self._x.mean() ** 2 - 0.1 * (self._v**2).sum())
        far, late = bool(np.abs(self._x).max() > FAR), self._steps >= LIMIT
        if far or late:
            self.agents = []
        by_agent = [dict.fromkeys(AGENTS, value) for value in (reward, far, late)]
        return (self._seen(), *by_agent, {agent: {} for agent in AGENTS})

    def state(self):
        return np.concatenate([self._x, self._v]).astype(np.float32)

    def _seen(self):
        rows = np.column_stack([self._x, self._v, self._x[::-1] - self._x]).astype(np.float32)
        return dict(zip(AGENTS, rows))

    def close(self):
        pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8765)
    options = parser.parse_args()
    serve(
        TwoCarts,
        port=options.port,
        name="two-carts",
        reward="shared",
        max_steps=LIMIT,
        dt=DT,
        deterministic=True,
    )
