"""A remote model for LeRobot's EnvHub: published as env.py of a repository on the Hub.

    from lerobot.envs.factory import make_env
    envs = make_env("someone/dima-halfcheetah", n_envs=4, trust_remote_code=True)

Observations are named as LeRobot's are: ``agent_pos``, what all agents see [N * O], and ``pixels``,
a picture of the robot. DIMA_URL says where the server is.
"""

import os

import gymnasium
import numpy as np
from gymnasium import spaces

import dima  # noqa: F401  registers the environment


class Named(gymnasium.ObservationWrapper):
    def __init__(self, env):
        super().__init__(env)
        picture = spaces.Box(0, 255, (270, 480, 3), np.uint8)
        self.observation_space = spaces.Dict(
            {"pixels": picture, "agent_pos": env.observation_space}
        )

    def observation(self, observation):
        return {"pixels": self.render(), "agent_pos": observation}


def make_env(n_envs=1, use_async_envs=False):
    """What LeRobot asks for: a vector environment by suite and number of its task."""

    def make():
        env = gymnasium.make(
            "dima/RemoteModel-v0",
            url=os.environ.get("DIMA_URL", "ws://127.0.0.1:8080"),
            render_mode="rgb_array",
            max_episode_steps=200,
        )
        return Named(env)

    vector = gymnasium.vector.AsyncVectorEnv if use_async_envs else gymnasium.vector.SyncVectorEnv
    return {"dima": {0: vector([make] * n_envs)}}
