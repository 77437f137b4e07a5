"""The client for asyncio."""

import asyncio
import time
import unittest
from unittest import mock

import numpy as np

from dima import AsyncClient, Client, DimaError, Timing
from servers import A, AGENTS, N, O, S, control, server, some_actions


class AsyncTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = AsyncClient(server())
        self.addAsyncCleanup(self.client.close)

    async def test_models_and_act(self):
        self.assertEqual([model["name"] for model in await self.client.models()], ["tiny"])
        self.assertEqual((await self.client.model("tiny"))["name"], "tiny")
        seen = {agent: np.zeros((2, O)) for agent in AGENTS}
        reply = await self.client.act(seen, seed=7)
        same = Client(server()).act(seen, seed=7)
        for agent in AGENTS:
            np.testing.assert_array_equal(reply["actions"][agent], same["actions"][agent])
        self.assertIsInstance(reply["timing"], Timing)

    async def test_a_session_from_its_beginning_to_its_end(self):
        async with await self.client.create(seed=7, start={"states": np.ones((1, S))}) as session:
            self.assertEqual(session.agents, AGENTS)
            np.testing.assert_array_equal(session.view["state"], np.ones(S))
            step = await session.step(some_actions(1))
            self.assertEqual(step["step_id"], 1)
            self.assertEqual(step["observations"]["front"].shape, (O,))
            acted = await session.step(policy="sample")
            self.assertEqual(acted["actions"]["back"].shape, (A,))
            mixed = await session.step(
                {"front": np.zeros(A)}, policy={"agents": ["back"], "mode": "mean"}
            )
            np.testing.assert_array_equal(mixed["actions"]["front"], np.zeros(A))
            twin = await self.client.restore(await session.snapshot())
            (child,) = await session.fork()
            states = [(await one.step(policy="sample"))["state"] for one in (session, twin, child)]
            np.testing.assert_array_equal(states[0], states[1])
            np.testing.assert_array_equal(states[0], states[2])
            self.assertEqual((await self.client.session(session.id)).view["committed_step_id"], 4)
            self.assertEqual((await session.reset(seed=1))["episode_step"], 0)
        with self.assertRaises(DimaError) as caught:
            await session.step(some_actions(1))
        self.assertEqual(caught.exception.code, "session_closed")

    async def test_many_at_once(self):
        sessions = await asyncio.gather(*[self.client.create(seed=seed) for seed in range(8)])
        steps = [session.step(some_actions(i)) for session in sessions for i in range(3)]
        replies = await asyncio.gather(*steps)
        self.assertEqual([reply["step_id"] for reply in replies], [1, 2, 3] * 8)
        many = await self.client.step_many(sessions, np.zeros((8, N, A)))
        self.assertEqual((many["step_ids"].tolist(), many["errors"]), ([4] * 8, []))
        acted = await self.client.step_many(sessions, policy="mean")
        self.assertEqual(acted["actions"]["front"].shape, (8, A))

    async def test_rollouts(self):
        actions = np.random.default_rng(1).uniform(-1, 0.9, (2, 4, N, A))
        whole = await self.client.rollout(np.zeros((1, S)), actions, seed=7)
        self.assertEqual(whole["states"].shape, (2, 4, S))
        events = [one async for one in self.client.rollout_stream(np.zeros((1, S)), actions, seed=7)]
        self.assertEqual([one["type"] for one in events], ["start", *["step"] * 4, "end"])
        self.assertEqual(events[-1]["lengths"].tolist(), [4, 4])
        acted = self.client.rollout_stream(np.zeros((1, S)), policy={}, horizon=2)
        self.assertEqual([one async for one in acted][1]["actions"].shape, (1, N, A))

    async def test_a_stream_may_be_left_early(self):
        actions = np.zeros((1, 900, N, A))
        stream = self.client.rollout_stream(np.zeros((1, S)), actions)
        async for one in stream:
            if one["type"] == "step":
                break
        await stream.aclose()
        self.assertEqual((await self.client.act({"front": np.zeros(O)}))["step"], 0)

    async def test_a_lost_socket_is_opened_again(self):
        session = await self.client.create(seed=7)
        await session.step(some_actions(1))
        control("/test/drop-in-step", "POST")
        lost = await session.step(some_actions(2))
        self.assertEqual(lost["step_id"], 2)
        self.assertEqual((await session.get())["committed_step_id"], 2)

    async def test_a_task_that_is_cancelled_drops_its_request(self):
        session = await self.client.create(seed=7)
        step = asyncio.ensure_future(session.step(some_actions(1)))
        await asyncio.sleep(0)
        step.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await step
        committed = (await session.get())["committed_step_id"]
        self.assertEqual((await session.step(some_actions(2)))["step_id"], committed + 1)

    async def test_a_cancellation_holds_though_the_answer_came_in_the_same_turn(self):
        await self.client.create()  # the socket is open
        sent = []
        connection = await self.client._connection()
        send = connection.send

        def kept(op, **fields):
            sent.append(send(op, **fields))
            return sent[-1]

        with mock.patch.object(connection, "send", kept):
            asked = asyncio.ensure_future(self.client.create())
            await asyncio.sleep(0)
            while not sent[0].future.done():
                time.sleep(0.001)  # this loop sees the answer in its next turn, not before
            await asyncio.sleep(0)
            asked.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await asked

    async def test_refusals_in_words(self):
        for code, work in (
            ("unknown_model", self.client.create("horse")),
            ("invalid_shape", self.client.act({"front": np.zeros(O + 1)})),
            ("session_not_found", self.client.session("A" * 22)),
            ("invalid_shape", self.client.rollout_stream(np.zeros((1, S)), [[1], [2, 3]]).__anext__()),
            ("horizon_out_of_range", self.client.rollout(np.zeros((1, S)), np.zeros((1, 99, N, A)))),
            ("connection_failed", AsyncClient("ws://127.0.0.1:9").act({"front": np.zeros(O)})),
            ("unauthenticated", AsyncClient(server("DIMA_KEYED_URL")).create()),
        ):
            with self.assertRaises(DimaError) as caught:
                await work
            self.assertEqual(caught.exception.code, code, str(caught.exception))
        closed = AsyncClient(server())
        await closed.close()
        with self.assertRaises(DimaError) as caught:
            await closed.create()
        self.assertEqual(caught.exception.code, "closed")
