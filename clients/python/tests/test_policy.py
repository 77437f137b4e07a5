"""The model's own policy: on observations, in steps, in rollouts."""

import numpy as np

from dima import Client, RemoteParallelEnv, RemoteVectorEnv
from servers import A, AGENTS, EnvTest, O, S, server, some_actions


def seen(*rows):
    return {agent: np.full((*rows, O), place / 10) for place, agent in enumerate(AGENTS)}


class PolicyTest(EnvTest):
    def setUp(self):
        self.client = Client(server())

    def test_observations_in_actions_out(self):
        reply = self.client.act(seen(), seed=7)
        self.assertEqual(list(reply["actions"]), AGENTS)
        self.assertEqual(reply["actions"]["front"].shape, (A,))
        self.assertEqual((reply["mode"], reply["seed"], reply["step"]), ("sample", 7, 0))
        rows = self.client.act(seen(3), seed=7)["actions"]
        self.assertEqual(rows["back"].shape, (3, A))
        np.testing.assert_array_equal(rows["back"][0], reply["actions"]["back"])
        other = self.client.act(seen(), seed=7, step=1)["actions"]
        self.assertFalse(np.array_equal(other["front"], reply["actions"]["front"]))
        mean = self.client.act({"back": seen()["back"]}, mode="mean")["actions"]
        self.assertEqual(list(mean), ["back"])

    def test_refusals_name_the_field(self):
        with self.refused("invalid_shape", "observations.front"):
            self.client.act({"front": np.zeros(O + 1)})
        with self.refused("unknown_agent", "top"):
            self.client.act({"top": np.zeros(O)})
        with self.refused("invalid_request", "dictionary"):
            self.client.act(np.zeros(O))
        with self.refused("invalid_shape", "observations.front"):
            self.client.act({"front": "here"})

    def test_it_acts_for_all_in_steps(self):
        env, other = self.env(), self.env()
        env.reset(seed=7), other.reset(seed=7)
        for _ in range(3):
            _, rewards, _, _, infos = env.step(None, policy="sample")
            self.assertEqual(infos["front"]["action"].shape, (A,))
            same = other.step({}, policy={"mode": "sample"})
            self.assertEqual(same[1], rewards)
            np.testing.assert_array_equal(same[4]["back"]["action"], infos["back"]["action"])
        _, _, _, _, infos = env.step(some_actions(1))
        self.assertNotIn("action", infos["front"])

    def test_it_acts_for_some_in_steps(self):
        env = self.env()
        env.reset(seed=7)
        given = some_actions(1)
        policy = {"agents": ["back"], "mode": "mean"}
        _, _, _, _, infos = env.step({"front": given["front"]}, policy=policy)
        np.testing.assert_array_equal(infos["front"]["action"], given["front"])
        with self.refused("invalid_request", "actions.back"):
            env.step(given, policy=policy)
        with self.refused("invalid_request", "front"):
            env.step({}, policy=policy)
        with self.refused("unknown_agent", "policy.agents[0]"):
            env.step(given, policy={"agents": ["top"]})
        with self.refused("invalid_request", "policy"):
            env.step(None, policy="best")

    def test_snapshots_go_on_alike(self):
        env = self.env()
        env.reset(seed=7)
        env.step(None, policy="sample")
        twin = RemoteParallelEnv.restore(server(), env.snapshot())
        self.addCleanup(twin.close)
        for _ in range(3):
            own, same = env.step(None, policy="sample"), twin.step(None, policy="sample")
            np.testing.assert_array_equal(own[0]["front"], same[0]["front"])
            np.testing.assert_array_equal(own[4]["front"]["action"], same[4]["front"]["action"])

    def test_many_step_as_one_does(self):
        envs, env = RemoteVectorEnv(server(), 3), self.env()
        self.addCleanup(envs.close)
        envs.reset(seed=7)
        env.reset(seed=7)
        given = some_actions(1)
        some = {"agents": ["back"], "mode": "sample"}
        many = {"front": np.stack([given["front"]] * 3)}
        for policy, alone, together in (
            ("mean", None, None),
            (some, {"front": given["front"]}, many),
            (some, {"front": given["front"]}, np.stack([np.stack(list(given.values()))] * 3)),
        ):
            _, _, _, _, infos = envs.step(together, policy=policy)
            self.assertEqual(infos["action"].shape, (3, len(AGENTS), A))
            own = env.step(alone, policy=policy)[4]
            for place, agent in enumerate(AGENTS):
                np.testing.assert_array_equal(infos["action"][0, place], own[agent]["action"])
        self.assertNotIn("action", envs.step(np.zeros((3, len(AGENTS), A)))[4])

    def test_streams_tell_its_actions(self):
        events = list(
            self.client.rollout_stream(np.zeros((2, S)), policy={"mode": "mean"}, horizon=3, seed=1)
        )
        self.assertEqual(events[1]["actions"].shape, (2, len(AGENTS), A))
