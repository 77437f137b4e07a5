"""Many remote environments that step together."""

import time

import numpy as np

from dima import RemoteVectorEnv, Timing
from servers import A, AGENTS, EnvTest, N, O, S, server, some_actions

E = 4


def batch(*seeds: int):
    """[E, A] by agent."""
    each = [some_actions(seed) for seed in seeds]
    return {agent: np.stack([one[agent] for one in each]) for agent in AGENTS}


def ending(actions, row: int):
    """The same, except that they end the episode of one environment."""
    changed = {agent: values.copy() for agent, values in actions.items()}
    for values in changed.values():
        values[row] = 1
    return changed


class VectorTest(EnvTest):
    def vector(self, autoreset: str = "next_step", num_envs: int = E, **options) -> RemoteVectorEnv:
        url = options.pop("url", None) or server()
        env = RemoteVectorEnv(url, num_envs, autoreset=autoreset, **options)
        self.addCleanup(env.close)
        return env

    def singles(self, count: int = E, **options):
        return [self.env(**options) for _ in range(count)]

    def test_what_it_says_of_itself(self):
        env = self.vector("same_step")
        mode = env.metadata["autoreset_mode"]  # a name, or Gymnasium's member of that name
        self.assertEqual(getattr(mode, "name", mode).lower(), "same_step")
        self.assertEqual((env.num_envs, env.closed, env.render_mode, env.spec), (E, False, None, None))
        self.assertIs(env.unwrapped, env)
        self.assertEqual(list(env.action_space), AGENTS)
        self.assertEqual(env.action_space["front"].shape, (E, A))
        self.assertEqual(env.action_space("front").shape, (E, A))
        self.assertEqual(env.single_action_space("front").shape, (A,))
        self.assertEqual(env.observation_space("back").shape, (E, O))
        self.assertEqual(env.single_observation_space("back").shape, (O,))

    def test_it_equals_environments_one_by_one(self):
        vector, singles = self.vector(), self.singles()
        observations, infos = vector.reset(seed=10)
        for row, single in enumerate(singles):
            alone, _ = single.reset(seed=10 + row)
            np.testing.assert_array_equal(infos["state"][row], single.state())
            for agent in AGENTS:
                np.testing.assert_array_equal(observations[agent][row], alone[agent])
        for t in range(20):
            seeds = [100 * t + row for row in range(E)]
            observations, rewards, terminations, truncations, infos = vector.step(batch(*seeds))
            for row, single in enumerate(singles):
                alone = single.step(some_actions(seeds[row]))
                for agent in AGENTS:
                    np.testing.assert_array_equal(observations[agent][row], alone[0][agent])
                    self.assertEqual(rewards[row], alone[1][agent])
                self.assertEqual(terminations[row], alone[2]["front"])
                self.assertEqual(truncations[row], alone[3]["front"])
                np.testing.assert_array_equal(infos["state"][row], alone[4]["front"]["state"])
            self.assertEqual(infos["step_id"].tolist(), [t + 1] * E)
            self.assertIsInstance(infos["timing"][0], Timing)
            np.testing.assert_array_equal(vector.state(), infos["state"])

    def test_types_and_shapes(self):
        env = self.vector()
        env.reset(seed=1)
        observations, rewards, terminations, truncations, infos = env.step(batch(1, 2, 3, 4))
        for agent in AGENTS:
            self.assertEqual(observations[agent].dtype, np.float32)
            self.assertTrue(env.observation_space(agent).contains(observations[agent]))
        self.assertTrue(env.observation_space.contains(observations))
        self.assertEqual((rewards.shape, rewards.dtype), ((E,), np.float64))
        self.assertEqual((terminations.shape, terminations.dtype), ((E,), bool))
        self.assertEqual((truncations.shape, truncations.dtype), ((E,), bool))
        self.assertEqual(infos["state"].shape, (E, S))
        self.assertEqual(infos["termination_probability"].shape, (E,))
        self.assertNotIn("final_obs", infos)
        observations["front"][:] = 0
        infos["state"][:] = 0
        self.assertTrue(env.state().any(), "what was returned is the caller's own")

    def test_an_array_does_as_well_as_a_dictionary(self):
        first, second = self.vector(), self.vector()
        first.reset(seed=3)
        second.reset(seed=3)
        actions = batch(1, 2, 3, 4)
        together = np.stack([actions[agent] for agent in AGENTS], axis=1)
        self.assertEqual(together.shape, (E, N, A))
        np.testing.assert_array_equal(first.step(actions)[1], second.step(together)[1])

    def test_one_array_of_all_agents(self):
        joint, by_agent = self.vector(spaces="joint"), self.vector()
        self.assertEqual(joint.single_observation_space.shape, (N * O,))
        self.assertEqual(joint.observation_space.shape, (E, N * O))
        self.assertEqual(joint.single_action_space.shape, (N * A,))
        self.assertEqual(joint.action_space.shape, (E, N * A))
        actions = batch(1, 2, 3, 4)
        for env in (joint, by_agent):
            env.reset(seed=3)
        array = np.concatenate([actions[agent] for agent in AGENTS], axis=1)  # [E, N * A]
        observations, rewards, *_ = joint.step(array)
        expected, expected_rewards, *_ = by_agent.step(actions)
        self.assertTrue(joint.observation_space.contains(observations))
        np.testing.assert_array_equal(observations, np.hstack([expected[one] for one in AGENTS]))
        np.testing.assert_array_equal(rewards, expected_rewards)
        with self.refused("invalid_shape", "[4, 6]"):
            joint.step(np.zeros((E, N, A)))
        with self.refused("invalid_request", "spaces", "dict, joint"):
            self.vector(spaces="tuple")

    def test_seeds(self):
        env = self.vector()
        by_one = env.reset(seed=10)[0]["front"]
        np.testing.assert_array_equal(env.reset(seed=[10, 11, 12, 13])[0]["front"], by_one)
        after = env.reset()[0]["front"]
        env.reset(seed=10)
        env.reset(seed=10)
        np.testing.assert_array_equal(env.reset()[0]["front"], after)
        with self.refused("invalid_shape", "2 seeds"):
            env.reset(seed=[1, 2])

    def test_starts(self):
        env = self.vector()
        states = np.arange(E * S, dtype=float).reshape(E, 1, S) / 10
        env.reset(seed=1, options={"starts": [{"states": own} for own in states]})
        np.testing.assert_array_equal(env.state(), states[:, 0])
        env.reset(options={"start": {"states": states[2]}})
        np.testing.assert_array_equal(env.state(), np.repeat(states[2], E, axis=0))
        with self.refused("invalid_shape", "1 starts"):
            env.reset(options={"starts": [{"states": states[0]}]})

    def test_next_step(self):
        env = self.vector("next_step")
        env.reset(seed=1)
        _, _, terminations, _, infos = env.step(ending(batch(1, 2, 3, 4), 2))
        self.assertEqual(terminations.tolist(), [False, False, True, False])
        self.assertNotIn("final_obs", infos)
        end = env.state()
        _, rewards, terminations, _, _ = env.step(batch(5, 6, 7, 8))
        self.assertEqual(terminations.tolist(), [False] * E)
        self.assertEqual(rewards[2], 0)
        self.assertTrue((rewards[[0, 1, 3]] != 0).all())
        self.assertTrue((env.state()[2] != end[2]).any())
        self.assertTrue((env.step(batch(1, 2, 3, 4))[1] != 0).all())

    def test_same_step(self):
        env, other = self.vector("same_step"), self.vector("next_step")
        env.reset(seed=1)
        other.reset(seed=1)
        actions = ending(batch(1, 2, 3, 4), 1)
        observations, rewards, terminations, _, infos = env.step(actions)
        expected, expected_rewards, _, _, expected_infos = other.step(actions)
        self.assertEqual(terminations.tolist(), [False, True, False, False])
        self.assertEqual(infos["_final_obs"].tolist(), terminations.tolist())
        self.assertEqual(infos["_final_state"].tolist(), terminations.tolist())
        self.assertIsNone(infos["final_obs"][0])
        np.testing.assert_array_equal(infos["final_state"][1], expected_infos["state"][1])
        np.testing.assert_array_equal(rewards, expected_rewards)
        for agent in AGENTS:
            np.testing.assert_array_equal(infos["final_obs"][1][agent], expected[agent][1])
            self.assertFalse(np.array_equal(observations[agent][1], expected[agent][1]))
            np.testing.assert_array_equal(observations[agent][0], expected[agent][0])
        next_start, *_ = other.step(batch(1, 2, 3, 4))
        np.testing.assert_array_equal(observations["front"][1], next_start["front"][1])

    def test_disabled(self):
        env = self.vector("disabled")
        env.reset(seed=1)
        _, _, terminations, truncations, _ = env.step(ending(batch(1, 2, 3, 4), 3))
        with self.refused("episode_over", "environment 3", "reset_mask"):
            env.step(batch(1, 2, 3, 4))
        before = env.state()
        observations, infos = env.reset(options={"reset_mask": terminations | truncations})
        np.testing.assert_array_equal(infos["state"][:3], before[:3])
        self.assertTrue((infos["state"][3] != before[3]).any())
        self.assertEqual(infos["step_id"].tolist(), [1] * E)
        self.assertEqual(env.step(batch(1, 2, 3, 4))[4]["step_id"].tolist(), [2] * E)

    def test_episodes_are_cut_together(self):
        env = self.vector("next_step", max_episode_steps=2)
        env.reset(seed=1)
        self.assertFalse(env.step(batch(1, 2, 3, 4))[3].any())
        self.assertTrue(env.step(batch(1, 2, 3, 4))[3].all())
        self.assertFalse(env.step(batch(1, 2, 3, 4))[3].any())

    def test_what_is_wrong_is_refused_before_it_is_sent(self):
        env = self.vector()
        with self.refused("not_reset"):
            env.step(batch(1, 2, 3, 4))
        with self.refused("not_reset"):
            env.reset(options={"reset_mask": np.array([True, False, False, False])})
        env.reset(seed=1)
        good = batch(1, 2, 3, 4)
        wrong = [
            ("invalid_shape", "[3, 3]", {**good, "back": good["back"][:3]}),
            ("invalid_request", "back", {"front": good["front"]}),
            ("not_finite", "actions.front[2][1]", {**good, "front": _nan(good["front"], 2, 1)}),
            ("invalid_shape", "[4, 3, 2]", np.zeros((E, A, N))),
            ("not_finite", "actions[0][0][0]", np.full((E, N, A), np.inf)),
        ]
        for code, part, actions in wrong:
            with self.subTest(code=code, part=part), self.refused(code, part):
                env.step(actions)
        with self.refused("invalid_shape", "reset_mask"):
            env.reset(options={"reset_mask": [1, 0, 0, 0]})
        env.close()
        with self.refused("closed"):
            env.step(good)
        for arguments in ((0,), (5000,), ("2",)):
            with self.refused("invalid_request", "num_envs"):
                RemoteVectorEnv(server(), *arguments)
        with self.refused("invalid_request", "autoreset"):
            RemoteVectorEnv(server(), 2, autoreset="never")

    def test_what_does_not_fit_leaves_nothing_behind(self):
        url = server("DIMA_FULL_URL")
        with self.refused("session_limit"):
            self.vector(url=url, num_envs=3).reset()
        self.vector(url=url, num_envs=2).reset()

    def test_idle_sessions_are_named_and_begun_again(self):
        env = self.vector(url=server("DIMA_BRIEF_URL"))
        env.reset(seed=1)
        time.sleep(0.9)
        with self.refused("session_expired", "environment 0", "3 more"):
            env.step(batch(1, 2, 3, 4))
        env.reset(seed=1)
        env.step(batch(1, 2, 3, 4))


def _nan(array, *place):
    changed = array.copy()
    changed[place] = np.nan
    return changed
