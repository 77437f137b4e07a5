"""One remote environment in which one agent acts for all."""

import numpy as np

from dima import RemoteJointEnv
from servers import A, AGENTS, EnvTest, N, O, S, last_actions, server, some_actions


def joint(actions):
    """[N * A] of a dictionary by agent."""
    return np.concatenate([actions[agent] for agent in AGENTS])


class JointTest(EnvTest):
    def joint(self, **options):
        env = RemoteJointEnv(server(), **options)
        self.addCleanup(env.close)
        return env

    def test_what_it_says_of_itself(self):
        env = self.joint()
        self.assertEqual(env.observation_space.shape, (N * O,))
        self.assertEqual(env.action_space.shape, (N * A,))
        self.assertEqual((env.render_mode, env.spec), (None, None))
        self.assertIs(env.unwrapped, env)
        self.assertEqual(str(env), "dima/tiny")

    def test_it_equals_the_environment_of_many_agents(self):
        env, expected = self.joint(), self.env()
        seen, info = env.reset(seed=5)
        expected_seen, expected_infos = expected.reset(seed=5)
        np.testing.assert_array_equal(seen, joint(expected_seen))
        self.assertEqual(info["seed"], expected_infos["front"]["seed"])
        for actions in (some_actions(0), some_actions(1), last_actions()):
            seen, reward, terminated, truncated, info = env.step(joint(actions))
            results = expected.step(actions)
            np.testing.assert_array_equal(seen, joint(results[0]))
            self.assertEqual(seen.dtype, np.float32)
            told = (reward, terminated, truncated)
            self.assertEqual(told, tuple(result["back"] for result in results[1:4]))
            self.assertEqual(list(map(type, told)), [float, bool, bool])
            self.assertEqual(info["state"].shape, (S,))
        self.assertTrue(terminated)
        with self.refused("episode_over"):
            env.step(joint(some_actions(0)))

    def test_the_seed_is_the_root_of_its_randomness(self):
        env = self.joint()
        env.reset(seed=5)
        self.assertEqual(env.np_random_seed, 5)
        following = env.reset()[1]["seed"]
        env.reset(seed=5)
        self.assertEqual(env.reset()[1]["seed"], following)
        env.np_random = np.random.default_rng(5)
        self.assertEqual((env.np_random_seed, env.reset()[1]["seed"]), (-1, following))

    def test_what_is_wrong_is_refused(self):
        env = self.joint()
        with self.refused("not_reset"):
            env.step(np.zeros(N * A))
        env.reset(seed=1)
        for wrong in (np.zeros((N, A)), some_actions(0), None):
            with self.refused("invalid_shape", "actions"):
                env.step(wrong)
        with self.refused("invalid_request", "render_mode", "HalfCheetah"):
            self.joint(render_mode="rgb_array")
        with self.refused("invalid_request", "render_mode", "'human'"):
            self.joint(render_mode="human")
        with self.assertRaises(NotImplementedError):
            env.render()
        env.close()
        env.close()
        with self.refused("closed"):
            env.reset()
