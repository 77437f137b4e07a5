"""Models and rollouts without a session."""

import numpy as np

from dima import Client, DimaError, Timing
from servers import A, AGENTS, EnvTest, N, O, S, server

B, H = 3, 5


class ClientTest(EnvTest):
    def setUp(self):
        self.client = Client(server())
        self.actions = np.random.default_rng(1).uniform(-1, 0.9, (B, H, N, A))
        self.start = {"states": np.zeros((1, S))}

    def test_models(self):
        self.assertEqual([model["name"] for model in self.client.models()], ["tiny"])
        card = self.client.model("tiny@1")
        self.assertEqual([agent["name"] for agent in card["agents"]], AGENTS)
        with self.refused("unknown_model", "nobody"):
            self.client.model("nobody")

    def test_a_rollout_is_arrays_in_and_arrays_out(self):
        reply = self.client.rollout(self.start, self.actions, seed=7)
        self.assertEqual(reply["states"].shape, (B, H, S))
        self.assertEqual(reply["rewards"].shape, (B, H))
        self.assertEqual(reply["terminations"].dtype, bool)
        self.assertEqual(reply["termination_probabilities"].shape, (B, H))
        self.assertEqual(reply["lengths"].tolist(), [H] * B)
        self.assertEqual(set(reply["observations"]), set(AGENTS))
        self.assertEqual(reply["observations"]["front"].shape, (B, H, O))
        self.assertEqual(reply["observations"]["front"].dtype, np.float32)
        self.assertIsInstance(reply["timing"], Timing)
        again = self.client.rollout([self.start], self.actions.tolist(), seed=7)
        np.testing.assert_array_equal(again["states"], reply["states"])

    def test_starts_in_all_their_forms(self):
        states = np.arange(B * S, dtype=float).reshape(B, S)
        forms = [states, [{"states": [own]} for own in states]]
        replies = [self.client.rollout(form, self.actions, seed=1)["states"] for form in forms]
        np.testing.assert_array_equal(*replies)

    def test_options(self):
        reply = self.client.rollout(
            self.start, self.actions, outputs=["rewards"], plan="sequential", order="ascending"
        )
        self.assertNotIn("states", reply)
        self.assertEqual(reply["plan"], "sequential")

    def test_a_stream_of_steps(self):
        events = list(self.client.rollout_stream(self.start, self.actions, seed=7))
        self.assertEqual([event["type"] for event in events], ["start", *["step"] * H, "end"])
        self.assertEqual((events[0]["rows"], events[0]["horizon"], events[0]["seed"]), (B, H, 7))
        step = events[3]
        self.assertEqual((step["t"], step["states"].shape), (2, (B, S)))
        self.assertEqual(step["observations"]["back"].shape, (B, O))
        self.assertEqual(step["terminations"].dtype, bool)
        self.assertEqual(events[-1]["lengths"].tolist(), [H] * B)

    def test_a_stream_may_be_left_early(self):
        for event in self.client.rollout_stream(self.start, self.actions):
            if event["type"] == "step":
                break
        self.assertEqual(self.client.rollout(self.start, self.actions)["rewards"].shape, (B, H))

    def test_refusals_say_what_is_wrong(self):
        with self.refused("invalid_shape", "actions") as caught:
            self.client.rollout(self.start, self.actions[..., :2])
        self.assertEqual(caught.error.problem["status"], 400)
        self.assertTrue(caught.error.errors[0]["field"].startswith("actions"))
        with self.refused("invalid_shape", "actions"):
            self.client.rollout(self.start, [[1, 2], [3]])
        with self.refused("not_finite"):
            self.client.rollout(self.start, np.full_like(self.actions, np.nan))
        with self.refused("invalid_request", "starts"):
            self.client.rollout_stream({"state": [1]}, self.actions)
        with self.refused("invalid_shape"):
            next(self.client.rollout_stream({"states": [[1]]}, self.actions))

    def test_no_server_a_wrong_key_and_a_stranger(self):
        with self.refused("connection_failed", "127.0.0.1:9"):
            Client("http://127.0.0.1:9").models()
        with self.refused("unauthenticated"):
            Client(server("DIMA_KEYED_URL")).models()
        with self.assertRaises(DimaError):
            Client(server() + "/elsewhere").models()
        keyed = Client(server("DIMA_KEYED_URL"), key=server("DIMA_KEY"))
        self.assertEqual(keyed.models()[0]["name"], "tiny")
