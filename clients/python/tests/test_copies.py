"""Pickles and copies of environments, which connect anew and stand where the others stand."""

import copy
import pickle
import ssl
import time

import numpy as np

from dima import RemoteJointEnv, RemoteVectorEnv
from dima.world import Access
from servers import AGENTS, A, EnvTest, N, last_actions, same, server, some_actions

E = 3


class CopiesBase(EnvTest):
    def pickled(self, env):
        return self.closing(pickle.loads(pickle.dumps(env)))

    def copied(self, env):
        return self.closing(copy.deepcopy(env))

    def closing(self, env):
        self.addCleanup(env.close)
        return env


class CopiesTest(CopiesBase):
    def test_what_has_not_begun_begins_alike(self):
        env = self.env(max_episode_steps=3)
        others = [self.pickled(env), self.copied(env), self.closing(copy.copy(env))]
        begun = env.reset(seed=4)
        expected = [env.step(some_actions(i)) for i in range(3)]
        for other in others:
            self.assertEqual(other.agents, [])
            with self.refused("not_reset"):
                other.state()
            self.assertTrue(same(other.reset(seed=4), begun))
            self.assertTrue(same([other.step(some_actions(i)) for i in range(3)], expected))
            self.assertEqual(other.agents, [], "the limit of steps went along")

    def test_what_has_begun_goes_on_alike(self):
        env = self.env()
        env.reset(seed=4)
        env.step(some_actions(0))
        others = [self.pickled(env), self.copied(env), self.closing(copy.copy(env))]
        expected = [env.step(some_actions(i)) for i in range(1, 4)]
        for other in others:
            self.assertEqual(other.agents, AGENTS)
            self.assertTrue(same([other.step(some_actions(i)) for i in range(1, 4)], expected))

    def test_the_next_episodes_are_drawn_alike(self):
        env = self.env()
        env.reset(seed=4)
        env.action_space("front").seed(1)
        other = self.pickled(env)
        self.assertTrue(same([other.reset() for _ in range(2)], [env.reset() for _ in range(2)]))
        sample = other.action_space("front").sample()
        np.testing.assert_array_equal(sample, env.action_space("front").sample())

    def test_a_copy_has_a_life_of_its_own(self):
        env = self.env()
        env.reset(seed=4)
        other = self.copied(env)
        before = other.state()
        env.step(some_actions(0))
        env.close()
        np.testing.assert_array_equal(other.state(), before)
        other.step(some_actions(0))

    def test_an_episode_that_is_over_stays_over(self):
        env = self.env()
        env.reset(seed=4)
        env.step(last_actions())
        other = self.pickled(env)
        self.assertEqual(other.agents, [])
        self.assertEqual(other.step({}), ({}, {}, {}, {}, {}))

    def test_children_of_one_connection_are_apart_afterwards(self):
        env = self.env()
        env.reset(seed=4)
        children = [self.closing(child) for child in env.fork(2)]
        first, second = pickle.loads(pickle.dumps(children))
        first.close()
        self.closing(second).step(some_actions(0))

    def test_a_session_that_is_gone_leaves_a_copy_that_waits_for_a_reset(self):
        env = self.env(server("DIMA_BRIEF_URL"))
        env.reset(seed=4)
        time.sleep(0.9)
        other = self.pickled(env)
        with self.refused("not_reset"):
            other.step(some_actions(0))
        other.reset(seed=4)

    def test_a_key_goes_along(self):
        env = self.env(server("DIMA_KEYED_URL"), key=server("DIMA_KEY"))
        env.reset(seed=4)
        self.pickled(env).step(some_actions(0))

    def test_what_can_not_be_copied_says_so(self):
        env = self.env()
        env.close()
        with self.refused("closed"):
            pickle.dumps(env)
        with self.assertRaisesRegex(TypeError, "SSLContext"):
            pickle.dumps(Access("x", ssl=ssl.create_default_context()))
        with self.refused("invalid_request", "wss"):
            self.env(ssl=ssl.create_default_context())
        with self.refused("invalid_request", "ssl", "/nowhere.pem"):
            self.env(ssl="/nowhere.pem")
        self.assertEqual(pickle.loads(pickle.dumps(Access("x", ssl="ca.pem"))).ssl, "ca.pem")

    def test_no_room_for_a_copy(self):
        env = self.env(server("DIMA_FULL_URL"))
        env.reset(seed=4)
        data = pickle.dumps(env)
        self.closing(pickle.loads(data))
        with self.refused("session_limit"):
            pickle.loads(data)

    def test_one_agent_for_all(self):
        env = self.closing(RemoteJointEnv(server()))
        env.reset(seed=4)
        other = self.pickled(env)
        action = np.full(N * A, 0.3, np.float32)
        self.assertTrue(same(other.step(action), env.step(action)))


class VectorCopiesTest(CopiesBase):
    """The same of many that step together."""

    def vector(self, autoreset="next_step", **options):
        return self.closing(RemoteVectorEnv(server(), E, autoreset=autoreset, **options))

    def steps(self, env, count=3, seed=1):
        random = np.random.default_rng(seed)
        results = [env.step(random.uniform(-1, 0.9, (E, N, A))) for _ in range(count)]
        return [(*rest, infos["state"]) for *rest, infos in results]

    def test_what_has_not_begun_begins_alike(self):
        env = self.vector()
        others = [self.pickled(env), self.copied(env), self.closing(copy.copy(env))]
        begun, expected = env.reset(seed=4), self.steps(env)
        for other in others:
            with self.refused("not_reset"):
                other.state()
            self.assertTrue(same(other.reset(seed=4), begun))
            self.assertTrue(same(self.steps(other), expected))

    def test_what_has_begun_goes_on_alike(self):
        for autoreset in ("next_step", "same_step", "disabled"):
            env = self.vector(autoreset, max_episode_steps=3)
            env.reset(seed=4)
            self.steps(env, 2, seed=2)
            others = [self.pickled(env), self.copied(env)]
            count = 1 if autoreset == "disabled" else 5
            expected = self.steps(env, count)
            for other in others:
                self.assertTrue(same(self.steps(other, count), expected))

    def test_the_next_episodes_are_drawn_alike(self):
        env = self.vector()
        env.reset(seed=4)
        other = self.pickled(env)
        self.assertTrue(same(other.reset(), env.reset()))

    def test_a_copy_has_a_life_of_its_own(self):
        env = self.vector()
        env.reset(seed=4)
        other = self.copied(env)
        before = other.state()
        self.steps(env)
        env.close()
        np.testing.assert_array_equal(other.state(), before)
        self.steps(other)

    def test_no_room_for_a_copy(self):
        env = self.closing(RemoteVectorEnv(server("DIMA_FULL_URL"), 2))
        env.reset(seed=4)
        data = pickle.dumps(env)
        with self.refused("session_limit"):
            pickle.loads(data)

    def test_what_can_not_be_copied_says_so(self):
        env = self.vector()
        env.close()
        with self.refused("closed"):
            pickle.dumps(env)
