"""Serves a task of Bi-DexHands, whose copies share one simulation of Isaac Gym.

    cd DexterousHands/bidexhands        # has the cfg folder; Python 3.7 or 3.8, an NVIDIA GPU
    PYTHONPATH=$DIMA/clients/python python $DIMA/clients/python/examples/serve_bidexhands.py \
        ShadowHandBottleCap --port 8765
    npm run train -- --env ws://127.0.0.1:8765 --task ShadowHandBottleCap

Written from the sources of Bi-DexHands and not tried with Isaac Gym itself, which is not free to
install. What is known of such tasks is tried with a toy (tests/bridge_toys.py).
"""

import argparse
import sys

import isaacgym  # noqa: F401  before torch, which the task imports

from marl_env import IsaacVectorEnv, serve

made = {}


def maker(task):
    def make(num_envs, seed=None):
        """A process has one simulation; it is used again by the next session."""
        if not made:
            arguments = ["--headless", "--num_envs", str(num_envs)]
            arguments += [] if seed is None else ["--seed", str(seed % 2**31)]
            made["env"] = _task(task, arguments)
        # The second agent of each task is the left hand.
        return IsaacVectorEnv(made["env"], agents=["right", "left"], dt=1 / 60)

    return make


def _task(task, arguments):
    """Bi-DexHands reads the arguments of the program."""
    from bidexhands.utils.package_utils import make

    given, sys.argv = sys.argv, [sys.argv[0]] + arguments
    try:
        return make(task, "happo")  # any algorithm of several agents: it chooses the wrapper
    finally:
        sys.argv = given


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", help="ShadowHandBottleCap, ShadowHandPen, ...")
    parser.add_argument("--port", type=int, default=8765)
    options = parser.parse_args()
    serve(maker(options.task), port=options.port, name=options.task, max_sessions=1)
