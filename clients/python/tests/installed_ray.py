"""Environments that travel to Ray's workers."""

import unittest

try:
    import ray
except ImportError:
    raise unittest.SkipTest("ray is not installed") from None

from servers import EnvTest, same, server, some_actions


class RayTest(EnvTest):
    @classmethod
    def setUpClass(cls):
        server()
        ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="error")

    @classmethod
    def tearDownClass(cls):
        ray.shutdown()

    def test_an_environment_goes_on_in_a_worker(self):
        env = self.env()
        env.reset(seed=4)
        env.step(some_actions(0))

        def played(env, actions):  # in here it travels itself: workers don't know this file
            observations, rewards, *_ = env.step(actions)
            env.close()
            return observations, rewards

        others = ray.get(ray.remote(played).remote(env, some_actions(1)))
        observations, rewards, *_ = env.step(some_actions(1))
        self.assertTrue(same(others, (observations, rewards)))
