"""One remote environment."""

import time

import numpy as np

from dima import DimaError, RemoteParallelEnv, Timing
from parallel_api import check_api, check_seeds
from servers import A, AGENTS, EnvTest, O, S, last_actions, same, server, some_actions


class ApiTest(EnvTest):
    def test_it_is_a_parallel_environment(self):
        self.assertEqual(check_api(self, self.env(), 250), 250)

    def test_it_is_one_when_episodes_are_cut(self):
        self.assertEqual(check_api(self, self.env(max_episode_steps=7), 250), 14)

    def test_a_seed_decides_everything(self):
        check_seeds(self, lambda: self.env(max_episode_steps=60), 250)

    def test_what_it_says_of_itself(self):
        env = self.env()
        self.assertEqual(env.possible_agents, AGENTS)
        self.assertEqual((env.agents, env.num_agents, env.max_num_agents), ([], 0, 2))
        self.assertEqual(env.metadata["name"], "dima/tiny")
        self.assertEqual(env.metadata["render_modes"], [])
        self.assertEqual(str(env), "dima/tiny")
        self.assertEqual(env.action_space("front").shape, (A,))
        self.assertEqual(set(env.action_spaces), set(AGENTS))
        self.assertEqual(env.observation_spaces["back"].shape, (O,))
        space = env.action_space("back")
        self.assertEqual((space.low.tolist(), space.high.tolist()), ([-1] * A, [1] * A))
        with self.assertRaises(NotImplementedError):
            env.render()

    def test_what_a_step_gives(self):
        env = self.env()
        _, infos = env.reset(seed=3)
        self.assertEqual(infos["front"]["seed"], 3)
        begun = set(infos["front"])
        observations, rewards, terminations, truncations, infos = env.step(some_actions(1))
        self.assertEqual(begun - set(infos["front"]), {"seed"}, "a reset tells all that a step does")
        self.assertLessEqual(set(infos["front"]), begun)
        for fact in infos["front"].values():
            self.assertTrue(np.isfinite(np.asarray(fact, np.float64)).all(), "as tensors want it")
        for agent in AGENTS:
            self.assertEqual(observations[agent].dtype, np.float32)
            self.assertEqual(observations[agent].shape, (O,))
            info = infos[agent]
            self.assertEqual(info["step_id"], 1)
            self.assertEqual(info["state"].shape, (S,))
            self.assertTrue(0 <= info["termination_probability"] <= 1)
            self.assertIsInstance(info["timing"], Timing)
        self.assertEqual(rewards["front"], rewards["back"], "the reward is the team's")
        self.assertEqual((terminations["front"], truncations["front"]), (False, False))

    def test_nothing_that_is_returned_is_shared(self):
        env = self.env()
        env.reset(seed=1)
        infos = env.step(some_actions(1))[4]
        before = env.state()
        infos["front"]["state"][:] = 99
        env.state()[:] = 99
        np.testing.assert_array_equal(env.state(), before)
        np.testing.assert_array_equal(infos["back"]["state"], before)

    def test_an_episode_ends_for_all(self):
        env = self.env()
        env.reset(seed=1)
        _, _, terminations, truncations, _ = env.step(last_actions())
        self.assertEqual(terminations, dict.fromkeys(AGENTS, True))
        self.assertEqual(truncations, dict.fromkeys(AGENTS, False))
        self.assertEqual(env.agents, [])
        self.assertEqual(env.step({}), ({}, {}, {}, {}, {}))
        self.assertEqual(env.step({}), ({}, {}, {}, {}, {}))
        for late in (some_actions(1), {"front": np.zeros(A)}, None, []):
            with self.refused("episode_over", "reset"):
                env.step(late)
        env.reset()
        self.assertEqual(env.agents, AGENTS)

    def test_who_acts_is_who_is_there(self):
        env = self.env()
        with self.refused("not_reset", "step before the first reset"):
            env.step({})
        env.reset(seed=1)
        for actions in ({}, {"front": np.zeros(A)}):
            with self.refused("invalid_request", "back" if actions else "front", "missing"):
                env.step(actions)
        with self.refused("unknown_agent", "side"):
            env.step({**some_actions(1), "side": np.zeros(A)})
        with self.refused("invalid_shape", "actions.back"):
            env.step({**some_actions(1), "back": None})
        env.step(some_actions(1))
        env.close()
        with self.refused("closed"):
            env.step({})

    def test_an_episode_is_cut(self):
        env = self.env(max_episode_steps=2)
        env.reset(seed=1)
        env.step(some_actions(1))
        _, _, terminations, truncations, _ = env.step(some_actions(2))
        self.assertEqual(terminations, dict.fromkeys(AGENTS, False))
        self.assertEqual(truncations, dict.fromkeys(AGENTS, True))
        self.assertEqual(env.agents, [])


class StartTest(EnvTest):
    def test_a_start_of_ones_own(self):
        env = self.env()
        state = np.array([0.1, 0.2, 0.3, 0.4])
        env.reset(seed=1, options={"start": {"states": [state]}})
        np.testing.assert_array_equal(env.state(), state)
        window = {"states": np.ones((3, S)), "actions": np.zeros((2, len(AGENTS), A))}
        env.reset(options={"start": window})
        np.testing.assert_array_equal(env.state(), np.ones(S))

    def test_a_wrong_start_is_refused_and_changes_nothing(self):
        env = self.env()
        env.reset(seed=1)
        before = env.state()
        with self.refused("invalid_shape", "states"):
            env.reset(options={"start": {"states": [[1, 2]]}})
        with self.refused("invalid_request", "options.start"):
            env.reset(options={"start": [1, 2, 3, 4]})
        with self.refused("invalid_shape", "options.start.states"):
            env.reset(options={"start": {"states": "text"}})
        with self.refused("not_finite"):
            env.reset(options={"start": {"states": [[1, 2, 3, np.nan]]}})
        np.testing.assert_array_equal(env.state(), before)
        env.step(some_actions(1))

    def test_starts_follow_the_seed(self):
        env = self.env()
        states = {env.reset(seed=seed)[1]["front"]["state"].tobytes() for seed in range(20)}
        self.assertGreater(len(states), 1)


class BranchTest(EnvTest):
    def fork(self, env, *arguments, **options):
        children = env.fork(*arguments, **options)
        for child in children:
            self.addCleanup(child.close)
        return children

    def test_children_go_on_as_their_parent_would(self):
        env = self.env()
        env.reset(seed=5)
        env.step(some_actions(0))
        first, second = self.fork(env, 2)
        np.testing.assert_array_equal(first.state(), env.state())
        for i in range(1, 4):
            expected = env.step(some_actions(i))
            self.assertTrue(same(first.step(some_actions(i)), expected))
        self.assertFalse(same(second.step(some_actions(9))[0], expected[0]))

    def test_children_with_seeds_of_their_own_differ(self):
        env = self.env()
        env.reset(seed=5)
        results = [child.step(some_actions(1)) for child in self.fork(env, 3, seeds=[1, 2, 1])]
        self.assertFalse(same(results[0][0], results[1][0]))
        self.assertTrue(same(results[0], results[2]))
        with self.refused("invalid_shape", "seeds"):
            env.fork(2, seeds=[1])

    def test_a_child_outlives_its_parent(self):
        env = self.env()
        env.reset(seed=5)
        (child,) = self.fork(env)
        env.close()
        child.step(some_actions(1))
        child.reset(seed=2)

    def test_a_child_of_an_episode_that_is_over_is_over(self):
        env = self.env()
        env.reset(seed=5)
        env.step(last_actions())
        (child,) = self.fork(env)
        self.assertEqual(child.agents, [])

    def test_a_snapshot_goes_on_where_it_was_taken(self):
        env = self.env(max_episode_steps=4)
        env.reset(seed=5)
        env.step(some_actions(0))
        snapshot = env.snapshot()
        seen = env.observe()
        expected = [env.step(some_actions(i)) for i in range(1, 4)]
        again = RemoteParallelEnv.restore(server(), snapshot)
        self.addCleanup(again.close)
        self.assertTrue(same(again.observe(), seen))
        self.assertEqual(again.agents, AGENTS)
        self.assertTrue(same([again.step(some_actions(i)) for i in range(1, 4)], expected))
        self.assertEqual(again.agents, [], "the limit of steps is in the snapshot")

    def test_a_broken_snapshot_is_refused(self):
        with self.refused("invalid_snapshot"):
            RemoteParallelEnv.restore(server(), "nonsense")


class RefusalTest(EnvTest):
    def test_actions_are_checked_before_they_are_sent(self):
        env = self.env()
        env.reset(seed=1)
        good = some_actions(1)
        wrong = [
            ("invalid_request", ["back", "missing"], {"front": good["front"]}),
            ("unknown_agent", ["middle", "front, back"], {**good, "middle": good["front"]}),
            ("invalid_shape", ["actions.back", "[2]", "[3]"], {**good, "back": [0, 0]}),
            ("invalid_shape", ["actions.front"], {**good, "front": ["a", "b", "c"]}),
            ("not_finite", ["actions.back[1]", "nan"], {**good, "back": [0, np.nan, 0]}),
            ("not_finite", ["actions.front[2]", "inf"], {**good, "front": [0, 0, np.inf]}),
            ("invalid_request", ["dictionary"], [good["front"], good["back"]]),
        ]
        expected = self.env()
        expected.reset(seed=1)
        for code, parts, actions in wrong:
            with self.subTest(code=code, parts=parts):
                with self.refused(code, *parts) as caught:
                    env.step(actions)
                self.assertIsNone(caught.error.problem, "the client itself refuses")
        self.assertTrue(same(env.step(good), expected.step(good)), "nothing was done")

    def test_the_life_of_an_environment(self):
        env = self.env()
        for early in (
            lambda: env.step(some_actions(1)),
            env.state,
            env.observe,
            env.fork,
            env.snapshot,
        ):
            with self.refused("not_reset", "reset"):
                early()
        env.reset(seed=1)
        env.close()
        env.close()
        self.assertEqual(env.agents, [])
        for late in (lambda: env.step(some_actions(1)), env.reset, env.state, env.fork):
            with self.refused("closed"):
                late()

    def test_arguments_that_the_server_refuses(self):
        with self.refused("unknown_model", "nobody"):
            self.env(model="nobody")
        with self.refused("invalid_request", "plan"):
            self.env(plan="nonsense").reset()
        with self.refused("invalid_request", "observations"):
            self.env(observations="nonsense").reset()
        self.env(observations="decoded").reset()
        with self.refused("invalid_request", "seed"):
            self.env().reset(seed=-1)

    def test_no_server(self):
        with self.refused("connection_failed", "127.0.0.1:9", "npm start"):
            RemoteParallelEnv("ws://127.0.0.1:9")

    def test_a_wrong_key(self):
        url, key = server("DIMA_KEYED_URL"), server("DIMA_KEY")
        with self.refused("unauthenticated", "Authorization"):
            RemoteParallelEnv(url)
        with self.refused("unauthenticated", "not valid"):
            RemoteParallelEnv(url, key="dima_wrong")
        env = self.env(url, key=key)
        env.reset(seed=1)
        env.step(some_actions(1))

    def test_a_full_server(self):
        url = server("DIMA_FULL_URL")
        for _ in range(2):
            self.env(url).reset()
        third = self.env(url)
        with self.refused("session_limit"):
            third.reset()

    def test_closing_makes_room(self):
        url = server("DIMA_FULL_URL")
        for _ in range(5):
            with RemoteParallelEnv(url) as env:
                env.reset()

    def test_an_idle_session_expires_and_reset_begins_another(self):
        env = self.env(server("DIMA_BRIEF_URL"))
        env.reset(seed=1)
        time.sleep(0.9)
        with self.refused("session_expired", "idle"):
            env.step(some_actions(1))
        with self.assertRaises(DimaError):
            env.snapshot()
        env.reset(seed=1)
        expected = self.env(server("DIMA_BRIEF_URL"))
        expected.reset(seed=1)
        self.assertTrue(same(env.step(some_actions(1)), expected.step(some_actions(1))))
