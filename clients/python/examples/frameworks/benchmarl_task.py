"""A remote model as a task of BenchMARL, and MAPPO in it.

    pip install benchmarl pettingzoo
    python examples/frameworks/benchmarl_task.py
"""

import argparse
import copy

from benchmarl.algorithms import MappoConfig
from benchmarl.environments.common import Task
from benchmarl.environments.pettingzoo.common import PettingZooClass
from benchmarl.experiment import Experiment, ExperimentConfig
from benchmarl.models.mlp import MlpConfig
from torchrl.envs import DoubleToFloat, PettingZooWrapper, TransformedEnv

from dima import RemoteParallelEnv


class RemoteModelClass(PettingZooClass):
    """As BenchMARL's own tasks of PettingZoo, but for where the environment comes from."""

    def get_env_fun(self, num_envs, continuous_actions, seed, device):
        config = copy.deepcopy(self.config)

        def make():
            env = RemoteParallelEnv(config["url"], max_episode_steps=config["max_cycles"])
            env = PettingZooWrapper(env, return_state=True, seed=seed, device=device)
            return TransformedEnv(env, DoubleToFloat(in_keys=["state"]))  # for the critic

        return make

    def supports_continuous_actions(self):
        return True

    def supports_discrete_actions(self):
        return False

    def has_state(self):
        return True

    def has_render(self, env):
        return False

    @staticmethod
    def env_name():
        return "dima"


class RemoteModelTask(Task):
    MODEL = None

    @staticmethod
    def associated_class():
        return RemoteModelClass


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8080")
    parser.add_argument("--frames", type=int, default=12_000)
    options = parser.parse_args()

    config = ExperimentConfig.get_from_yaml()
    config.max_n_frames, config.loggers, config.render = options.frames, [], False
    experiment = Experiment(
        task=RemoteModelTask.MODEL.get_task({"url": options.url, "max_cycles": 100}),
        algorithm_config=MappoConfig.get_from_yaml(),
        model_config=MlpConfig.get_from_yaml(),
        critic_model_config=MlpConfig.get_from_yaml(),
        seed=7,
        config=config,
    )
    experiment.run()


if __name__ == "__main__":
    main()
