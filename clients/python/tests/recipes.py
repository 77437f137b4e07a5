"""The examples with other software, each where that software is installed."""

import importlib.util
import os
import subprocess
import sys
import unittest
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

import numpy as np

from servers import server

FRAMEWORKS = Path(__file__).resolve().parents[1] / "examples" / "frameworks"


class RecipesTest(unittest.TestCase):
    def run_recipe(self, name, needs, *arguments):
        """What it writes."""
        absent = [package for package in needs if not find_spec(package)]
        if absent:
            self.skipTest(f"{name}: {', '.join(absent)} not installed")
        command = [sys.executable, str(FRAMEWORKS / name), "--url", server("DIMA_SHIPPED_URL")]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_gymnasium(self):
        output = self.run_recipe("gymnasium_wrappers.py", ["gymnasium"], "--steps", "25")
        self.assertRegex(output, r"return -?\d")

    def test_supersuit_and_stable_baselines3(self):
        needs = ["supersuit", "stable_baselines3"]
        arguments = ["--steps", "256", "--envs", "2"]
        self.assertIn("timesteps", self.run_recipe("supersuit_sb3.py", needs, *arguments))

    def test_stable_baselines3_alone(self):
        arguments = ["--steps", "128", "--envs", "2", "--joint"]
        output = self.run_recipe("supersuit_sb3.py", ["stable_baselines3"], *arguments)
        self.assertIn("timesteps", output)

    def test_rllib(self):
        needs = ["ray", "torch", "tree", "pettingzoo"]
        output = self.run_recipe("rllib_ppo.py", needs, "--iterations", "1", "--workers", "0")
        self.assertRegex(output, r"-?\d")

    def test_torchrl(self):
        output = self.run_recipe("torchrl_rollout.py", ["torchrl", "pettingzoo"], "--steps", "5")
        self.assertIn("torch.Size([5, 2,", output)

    def test_benchmarl(self):
        self.run_recipe("benchmarl_task.py", ["benchmarl", "pettingzoo"], "--frames", "600")

    def test_tianshou(self):
        output = self.run_recipe("tianshou_collect.py", ["tianshou"], "--steps", "40")
        self.assertRegex(output, r"return -?\d")


@unittest.skipUnless(find_spec("gymnasium"), "gymnasium is not installed")
class LeRobotTest(unittest.TestCase):
    """The file for LeRobot's hub, called as LeRobot calls it."""

    def test_what_it_makes(self):
        there = mock.patch.dict(os.environ, {"DIMA_URL": server("DIMA_SHIPPED_URL")})
        there.start()
        self.addCleanup(there.stop)
        spec = importlib.util.spec_from_file_location("env", FRAMEWORKS / "lerobot_env.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for asynchronous in (False, True):
            env = module.make_env(n_envs=2, use_async_envs=asynchronous)["dima"][0]
            self.addCleanup(env.close)
            observations, _ = env.reset(seed=[1, 2])
            self.assertIn(observations, env.observation_space)
            observations, rewards, *_ = env.step(env.action_space.sample())
            self.assertEqual(observations["pixels"].shape, (2, 270, 480, 3))
            self.assertTrue(np.isfinite(rewards).all())
            self.assertEqual(env.get_attr("_max_episode_steps"), (200, 200))
