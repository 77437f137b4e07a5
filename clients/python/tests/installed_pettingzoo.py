"""Environments in PettingZoo's own hands."""

import contextlib
import io
import os
import unittest
import warnings

try:
    from pettingzoo import ParallelEnv
    from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, state_test
    from pettingzoo.utils import parallel_to_aec
except ImportError:
    raise unittest.SkipTest("pettingzoo is not installed") from None

from servers import EnvTest, server

CYCLES = int(os.environ.get("DIMA_CYCLES", "100"))
"""with the shipped model, which computes"""


class PettingZooTest(EnvTest):
    def setUp(self):
        for context in (
            contextlib.redirect_stdout(io.StringIO()),  # they say what they have passed
            warnings.catch_warnings(),
        ):
            context.__enter__()
            self.addCleanup(context.__exit__, None, None, None)
        warnings.simplefilter("error")

    def test_it_is_a_parallel_environment(self):
        self.assertIsInstance(self.env(), ParallelEnv)
        parallel_api_test(self.env(), 1000)
        parallel_api_test(self.env(max_episode_steps=7), 1000)

    def test_a_seed_decides_everything(self):
        parallel_seed_test(self.env, 1000)

    def test_turn_by_turn(self):
        # PettingZoo says that an observation is no number from 0 to 1, which it need not be.
        warnings.simplefilter("default")
        api_test(parallel_to_aec(self.env(max_episode_steps=20)), 1000)

    def test_its_state(self):
        warnings.simplefilter("default")
        state_test(parallel_to_aec(self.env()), self.env())


class ShippedTest(PettingZooTest):
    def env(self, url="", **options):
        return super().env(server("DIMA_SHIPPED_URL"), **options)

    def test_it_is_a_parallel_environment(self):
        parallel_api_test(self.env(), CYCLES)

    def test_a_seed_decides_everything(self):
        parallel_seed_test(self.env, CYCLES)

    def test_turn_by_turn(self):
        warnings.simplefilter("default")
        api_test(parallel_to_aec(self.env(max_episode_steps=20)), CYCLES)
