"""Serves an environment of Gymnasium with its actions split among two agents.

    pip install "gymnasium[mujoco]"
    python examples/serve_gymnasium.py --port 8765
    npm run train -- --env ws://127.0.0.1:8765 --task HalfCheetah-v5

Every agent sees the whole observation, which is the state as well. Without a split there is one
agent, ``agent_0``.
"""

import argparse

import gymnasium

from marl_env import GymnasiumVector, serve

SPLIT = {"back": [0, 1, 2], "front": [3, 4, 5]}


def make(num_envs, **options):
    """Options of the client, ``{"exclude_current_positions_from_observation": False}``, go on."""
    envs = gymnasium.make_vec("HalfCheetah-v5", num_envs=num_envs, **options)
    return GymnasiumVector(envs, split=SPLIT, dt=0.05, deterministic=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8765)
    serve(make, port=parser.parse_args().port, name="HalfCheetah-v5")
