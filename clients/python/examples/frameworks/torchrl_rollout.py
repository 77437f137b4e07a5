"""Rolls a remote model out in TorchRL: agents of one group, tensors [T, N, ...].

    pip install torchrl pettingzoo
    python examples/frameworks/torchrl_rollout.py --steps 20
"""

import argparse

from torchrl.envs import MarlGroupMapType, PettingZooWrapper, check_env_specs

from dima import RemoteParallelEnv


def make(url, limit=100):
    env = RemoteParallelEnv(url, max_episode_steps=limit)
    return PettingZooWrapper(env, return_state=True, group_map=MarlGroupMapType.ALL_IN_ONE_GROUP)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8080")
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()

    env = make(options.url)
    check_env_specs(env)
    rollout = env.rollout(options.steps)
    print(rollout["agents", "observation"].shape)  # [T, N, O]
    print(rollout["next", "agents", "reward"].sum())
    env.close()


if __name__ == "__main__":
    main()
