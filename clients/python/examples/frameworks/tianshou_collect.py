"""Collects steps of a remote model with Tianshou's vector environments, one agent acting for all.

    pip install tianshou
    python examples/frameworks/tianshou_collect.py --steps 200
"""

import argparse

import gymnasium
import numpy as np
from tianshou.env import DummyVectorEnv, SubprocVectorEnv

import dima  # noqa: F401  registers the environment


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8080")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--envs", type=int, default=4)
    parser.add_argument("--processes", action="store_true")
    options = parser.parse_args()

    def make():
        return gymnasium.make("dima/RemoteModel-v0", url=options.url, max_episode_steps=100)

    vector = SubprocVectorEnv if options.processes else DummyVectorEnv
    envs = vector([make] * options.envs)
    envs.seed(7)
    envs.reset()
    returns = np.zeros(options.envs)
    for _ in range(options.steps // options.envs):
        actions = np.stack([space.sample() for space in envs.action_space])
        _, rewards, terminated, truncated, _ = envs.step(actions)
        returns += rewards
        ended = np.flatnonzero(terminated | truncated)
        if len(ended):
            envs.reset(ended)
    print(f"return {returns.mean():.2f} +- {returns.std():.2f}")
    envs.close()


if __name__ == "__main__":
    main()
