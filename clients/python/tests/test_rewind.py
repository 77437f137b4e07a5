"""Sessions whose server stands at an older step than their client, and refusals that pass."""

import asyncio
import copy
import unittest

import numpy as np

from dima import AsyncClient, RemoteParallelEnv, RemoteVectorEnv
from servers import A, N, EnvTest, control, same, server, some_actions

E = 3


def ask(page: str) -> None:
    control(page, "POST", server("DIMA_STORED_URL"))


def batch(step: int) -> np.ndarray:
    """[E, N, A]"""
    return np.random.default_rng(step).uniform(-1, 0.9, (E, N, A)).astype(np.float32)


def without_timing(result):
    return (*result[:4], {name: fact for name, fact in result[4].items() if name != "timing"})


class RewindTest(EnvTest):
    def one(self) -> RemoteParallelEnv:
        env = self.env(server("DIMA_STORED_URL"))
        env.reset(seed=4)
        return env

    def many(self, seeds, autoreset="disabled") -> RemoteVectorEnv:
        env = RemoteVectorEnv(server("DIMA_STORED_URL"), E, autoreset=autoreset)
        self.addCleanup(env.close)
        env.reset(seed=seeds)
        return env

    def test_an_environment_takes_lost_steps_again(self):
        undisturbed = self.one()
        expected = [undisturbed.step(some_actions(i))[:4] for i in range(8)]
        env, told = self.one(), []
        env.on_rewound = lambda first, last: told.append((first, last))
        given = some_actions(0)

        def step(i: int):
            for agent, own in some_actions(i).items():
                given[agent][:] = own  # in place
            return env.step(given)[:4]

        results = [step(i) for i in range(3)]
        ask("/test/save")
        results += [step(i) for i in range(3, 6)]
        ask("/test/roll-back")
        results += [step(i) for i in range(6, 8)]
        self.assertTrue(same(results, expected))
        self.assertEqual(told, [(4, 6)])

    def test_steps_before_a_reset_or_too_many_are_not_taken_again(self):
        env = self.one()
        env.step(some_actions(0))
        ask("/test/save")
        env.step(some_actions(1))
        env.reset(seed=5)
        ask("/test/roll-back")
        with self.refused("step_out_of_order"):
            env.step(some_actions(2))
        env.reset(seed=5)
        env.step(some_actions(0))
        ask("/test/save")
        for i in range(70):
            env.step(some_actions(i))
        ask("/test/roll-back")
        with self.refused("step_out_of_order"):
            env.step(some_actions(2))

    def test_a_copy_begins_where_it_was_made(self):
        env = self.one()
        env.on_rewound = lambda *_: None  # no lambda can be pickled
        env.step(some_actions(0))
        ask("/test/save")
        env.step(some_actions(1))
        child = copy.deepcopy(env)
        self.addCleanup(child.close)
        self.assertIsNone(child.on_rewound)
        self.assertTrue(same(child.step(some_actions(2))[:4], env.step(some_actions(2))[:4]))

    def test_a_vector_takes_lost_steps_again_each_environment_its_own(self):
        undisturbed = self.many([4, 5, 6])
        env, told = self.many([4, 5, 6]), []
        env.on_rewound = lambda *what: told.append(what)
        results, expected = [], []
        given = np.zeros((E, N, A), np.float32)
        for i in range(8):
            if i == 3:
                ask("/test/save")
            if i == 6:
                ask("/test/roll-back")
            given[:] = batch(i)  # in place, as training loops do
            for one, kept in ((undisturbed, expected), (env, results)):
                kept.append(without_timing(one.step(given)))
        self.assertTrue(same(results, expected))
        self.assertEqual(told, [(row, 4, 6) for row in range(E)])

    def test_a_vector_of_which_one_was_reset_meanwhile(self):
        env, told = self.many([4, 5, 6]), []
        env.on_rewound = lambda *what: told.append(what)
        env.step(batch(0))
        env.reset(seed=9, options={"reset_mask": np.array([True, False, False])})
        ask("/test/save")
        for i in range(1, 4):
            env.step(batch(i))
        ask("/test/roll-back")
        env.step(batch(4))
        self.assertEqual(told, [(row, 2, 4) for row in range(E)])

    def test_rows_that_fail_for_now_are_asked_again(self):
        env, undisturbed = self.many([4, 5, 6]), self.many([4, 5, 6])
        for code in ("session_moved", "session_store", "not_ready", "draining"):
            ask(f"/test/refuse/{code}/2")
            self.assertTrue(
                same(without_timing(env.step(batch(1))), without_timing(undisturbed.step(batch(1))))
            )
        ask("/test/refuse/session_busy/1")
        with self.refused("session_busy", "environment 0"):
            env.step(batch(2))
        self.assertTrue(
            same(without_timing(env.step(batch(2))), without_timing(undisturbed.step(batch(2))))
        )

    def test_asyncio_takes_lost_steps_of_many_again(self):
        async def run():
            async with AsyncClient(server("DIMA_STORED_URL")) as client:
                sessions = [await client.create(seed=seed) for seed in (4, 5, 6)]
                twins = [await client.create(seed=seed) for seed in (4, 5, 6)]
                told = []
                sessions[1].on_rewound = lambda *what: told.append(what)
                states = []
                for i in range(6):
                    if i == 2:
                        ask("/test/save")
                    if i == 4:
                        ask("/test/roll-back")
                        ask("/test/refuse/session_moved/1")
                    rows = [(await client.step_many(of, batch(i))) for of in (sessions, twins)]
                    self.assertEqual([row["errors"] for row in rows], [[], []])
                    states.append([row["states"] for row in rows])
                for mine, theirs in states:
                    np.testing.assert_array_equal(mine, theirs)
                self.assertEqual(told, [(3, 4)])

        asyncio.run(run())


if __name__ == "__main__":
    unittest.main()
