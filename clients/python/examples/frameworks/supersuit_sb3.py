"""Trains Stable-Baselines3's PPO in a remote model, the agents sharing one policy by way of SuperSuit.

    pip install supersuit stable-baselines3
    python examples/frameworks/supersuit_sb3.py --steps 20000 --envs 8

Each agent of each environment is one environment to SB3. With --joint one policy acts for all
agents instead, and SuperSuit is not needed.
"""

import argparse

from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env

import dima


def shared(url, envs, limit):
    """A policy that each agent follows."""
    import supersuit

    env = dima.RemoteParallelEnv(url, max_episode_steps=limit)
    env = supersuit.pettingzoo_env_to_vec_env_v1(env)
    # Copies of an environment connect on their own: see the README on pickles.
    return supersuit.concat_vec_envs_v1(env, envs, base_class="stable_baselines3")


def joint(url, envs, limit):
    """A policy of all agents at once."""
    options = {"url": url, "max_episode_steps": limit}
    return make_vec_env("dima/RemoteModel-v0", envs, env_kwargs=options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8080")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--envs", type=int, default=8)
    parser.add_argument("--joint", action="store_true")
    options = parser.parse_args()

    env = (joint if options.joint else shared)(options.url, options.envs, limit=100)
    model = PPO("MlpPolicy", env, n_steps=64, batch_size=256, device="cpu", verbose=1)
    model.learn(options.steps)
    env.close()


if __name__ == "__main__":
    main()
