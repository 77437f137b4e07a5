"""Plans through a served model, with arrays in and out."""

import asyncio

import numpy as np

from dima import AsyncClient, Client
from servers import A, AGENTS, EnvTest, N, S, server

SMALL = {"horizon": 4, "population": 4, "iterations": 1, "elites": 2, "seed": 5, "prior": 0}
START = {"states": np.zeros((1, S))}


class PlanTest(EnvTest):
    def setUp(self):
        self.client = Client(server())

    def test_arrays_by_shape(self):
        plan = self.client.plan(START, **SMALL)
        for name in ("actions", "mean", "std"):
            self.assertEqual(plan[name].shape, (4, N, A))
        self.assertEqual((plan["states"].shape, plan["ood"].shape), ((4, S), (4,)))
        self.assertEqual(list(plan["first"]), AGENTS)
        np.testing.assert_allclose(plan["first"]["back"], plan["actions"][0, 1], rtol=1e-6)
        self.assertEqual((plan["seed"], plan["method"], plan["stopped"]), (5, "icem", "done"))
        self.assertGreater(plan["imagined_steps"], 0)

    def test_it_goes_on_from_the_one_before(self):
        first = self.client.plan(START, **SMALL)
        warm = {**first["warm_start"], "steps": 1}
        limits = {"low": -np.ones((N, A)) / 2, "high": np.ones((N, A)) / 2, "max_change": 0.25}
        pending = np.zeros((1, N, A))
        plan = self.client.plan(
            START, warm_start=warm, constraints=limits, pending_actions=pending, **SMALL
        )
        self.assertLessEqual(np.abs(plan["actions"]).max(), 0.5)
        self.assertLessEqual(np.abs(plan["actions"][0]).max(), 0.25 + 1e-6)
        self.assertLessEqual(np.abs(np.diff(plan["actions"], axis=0)).max(), 0.25 + 1e-6)

    def test_from_an_environment_which_stays_where_it_is(self):
        env = self.env()
        env.reset(seed=7)
        state = env.state()
        plan = env.plan(**SMALL)
        self.assertEqual(plan["actions"].shape, (4, N, A))
        np.testing.assert_array_equal(env.state(), state)

    def test_from_asyncio(self):
        async def both():
            async with AsyncClient(server()) as client:
                return await asyncio.gather(*(client.plan(START, **SMALL) for _ in range(2)))

        one, other = asyncio.run(both())
        np.testing.assert_array_equal(one["actions"], other["actions"])

    def test_refusals_name_the_field(self):
        with self.refused("invalid_request", "start"):
            self.client.plan(**SMALL)
        with self.refused("invalid_shape", "warm_start.mean"):
            self.client.plan(START, warm_start={"mean": np.zeros((4, N, A + 1))}, **SMALL)
        with self.refused("invalid_shape", "constraints.low"):
            self.client.plan(START, constraints={"low": "none"}, **SMALL)
        with self.refused("invalid_request", "warm_start"):
            self.client.plan(START, warm_start=3, **SMALL)
