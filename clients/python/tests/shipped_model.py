"""The shipped model, really computed: the contract, reproducibility, the examples."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from dima import Client, RemoteParallelEnv, RemoteVectorEnv
from parallel_api import check_api, check_seeds
from servers import EnvTest, server

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


class ShippedModelTest(EnvTest):
    def setUp(self):
        self.url = server("DIMA_SHIPPED_URL")

    def test_it_is_a_parallel_environment(self):
        self.assertEqual(check_api(self, self.env(self.url, max_episode_steps=1000), 200), 200)

    def test_a_seed_decides_everything(self):
        check_seeds(self, lambda: self.env(self.url, max_episode_steps=15), 30)

    def test_many_together_are_the_same_as_alone(self):
        vector, alone = RemoteVectorEnv(self.url, 8), self.env(self.url)
        self.addCleanup(vector.close)
        vector.reset(seed=range(8))
        alone.reset(seed=5)
        np.testing.assert_array_equal(vector.state()[5], alone.state())
        random = np.random.default_rng(1)
        for _ in range(20):
            actions = random.uniform(-1, 1, (8, 2, 3))
            _, rewards, _, _, _ = vector.step(actions)
            _, expected, _, _, _ = alone.step(dict(zip(alone.agents, actions[5])))
            np.testing.assert_allclose(vector.state()[5], alone.state(), atol=1e-4)
            self.assertAlmostEqual(rewards[5], expected[alone.possible_agents[0]], places=3)

    def test_a_snapshot_and_a_child_go_on_alike(self):
        env = self.env(self.url)
        env.reset(seed=3)
        actions = {agent: np.full(3, 0.2) for agent in env.agents}
        for _ in range(18):  # past the window of the reward
            env.step(actions)
        (child,) = env.fork()
        self.addCleanup(child.close)
        again = RemoteParallelEnv.restore(self.url, env.snapshot())
        self.addCleanup(again.close)
        expected = env.step(actions)
        for other in (child, again):
            result = other.step(actions)
            np.testing.assert_allclose(other.state(), env.state(), atol=1e-5)
            for agent in env.possible_agents:
                self.assertAlmostEqual(result[1][agent], expected[1][agent], places=4)

    def test_a_rollout_of_an_example(self):
        client = Client(self.url)
        example = client.model("halfcheetah-2x3")["examples"][0]
        reply = client.rollout(example["starts"], example["actions"], seed=7)
        self.assertEqual(reply["states"].shape, np.shape(example["true_states"]))

    def test_its_policy_in_steps_is_the_policy_asked_by_hand_and_that_of_a_rollout(self):
        client, horizon = Client(self.url), 12
        env, by_hand = (self.env(self.url, observations="decoded") for _ in range(2))
        env.reset(seed=5)
        start = {"states": env.state()[None]}
        options = {"policy": {"mode": "mean"}, "horizon": horizon, "seed": 5}
        imagined = client.rollout(start, **options)
        env.reset(seed=5, options={"start": start})
        observations, _ = by_hand.reset(seed=5, options={"start": start})
        earned = 0.0
        for t in range(horizon):
            _, rewards, _, _, infos = env.step(None, policy="mean")
            actions = client.act(observations, mode="mean")["actions"]
            observations, _, _, _, _ = by_hand.step(actions)
            for place, agent in enumerate(env.possible_agents):
                np.testing.assert_allclose(infos[agent]["action"], actions[agent], atol=1e-3)
                np.testing.assert_allclose(
                    infos[agent]["action"], imagined["actions"][0, t, place], atol=1e-3
                )
            np.testing.assert_allclose(env.state(), by_hand.state(), atol=1e-2)
            np.testing.assert_allclose(env.state(), imagined["states"][0, t], atol=1e-2)
            earned += rewards[env.possible_agents[0]]
        self.assertGreater(earned, 0)


class ExamplesTest(EnvTest):
    def run_example(self, name: str, *arguments: str) -> str:
        """Its output. The address stands in the first example, as it should for readers."""
        url = server("DIMA_SHIPPED_URL")
        source = (EXAMPLES / name).read_text().replace("ws://127.0.0.1:8080", url)
        command = [sys.executable, "-c", source, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_the_first_step_takes_five_lines(self):
        source = (EXAMPLES / "first_step.py").read_text()
        code = source.split('"""', 2)[2].strip().split("\n\nprint")[0]
        self.assertEqual(len([line for line in code.splitlines() if line]), 5)
        self.assertRegex(self.run_example("first_step.py"), r"^\{'.*': -?\d")

    def test_planning_is_worth_more_than_chance(self):
        output = self.run_example(
            "random_shooting.py", "--steps", "10", "--candidates", "128", "--plays", "3"
        )
        gained = re.search(r"gained +(-?[\d.]+)", output)
        self.assertGreater(float(gained[1]), 0, output)

    def test_many_environments(self):
        output = self.run_example("vector.py", "--envs", "8", "--steps", "5")
        self.assertRegex(output, r"\d+ environment steps per second")

    def test_a_controller_on_asyncio(self):
        output = self.run_example("async_policy.py")
        rewards = [float(number) for number in re.findall(r"-?[\d.]+", output)]
        self.assertEqual(len(rewards), 4)
        self.assertGreater(min(rewards), 0)
