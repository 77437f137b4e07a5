"""Trains RLlib's PPO in a remote model; environments are made in Ray's workers.

    pip install "ray[rllib]" pettingzoo
    python examples/frameworks/rllib_ppo.py --iterations 3
"""

import argparse

from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.env.wrappers.pettingzoo_env import ParallelPettingZooEnv
from ray.tune.registry import register_env

from dima import RemoteParallelEnv


def make(config):
    """In a worker. ``config`` has the arguments of RemoteParallelEnv."""
    return ParallelPettingZooEnv(RemoteParallelEnv(**config))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8080")
    parser.add_argument("--iterations", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()

    register_env("dima", make)
    config = (
        PPOConfig()
        .environment("dima", env_config={"url": options.url, "max_episode_steps": 100})
        .env_runners(num_env_runners=options.workers, rollout_fragment_length=100)
        .training(train_batch_size_per_learner=400, minibatch_size=100, num_epochs=2)
        .multi_agent(policies={"shared"}, policy_mapping_fn=lambda agent, *_, **__: "shared")
    )
    algorithm = config.build_algo()
    for _ in range(options.iterations):
        print(algorithm.train()["env_runners"].get("episode_return_mean"))
    algorithm.stop()


if __name__ == "__main__":
    main()
