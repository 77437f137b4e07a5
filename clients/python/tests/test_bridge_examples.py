"""The example that needs nothing installed, as a reader would meet it."""

import sys
from pathlib import Path

import numpy as np

from bridge_talk import BridgeTest, Talk

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))

from serve_pettingzoo import AGENTS, DT, LENGTH, LIMIT, SPRING, TwoCarts  # noqa: E402


class TwoCartsTest(BridgeTest):
    def test_an_episode_over_the_bridge(self):
        talk = Talk({"two-carts": TwoCarts}, dict(reward="shared", max_steps=LIMIT))
        talk.make("two-carts", 2)
        before = talk.ask("reset", seed=1)["state"].astype(float)
        pushes = {"left": np.full((2, 1), 0.5, "<f4"), "right": np.zeros((2, 1), "<f4")}
        reply = self.answered("step_ok", talk.step(**pushes))
        pull = SPRING * (before[:, 1] - before[:, 0] - LENGTH)
        np.testing.assert_allclose(reply["state"][:, 2], DT * (0.5 + pull), rtol=1e-5)
        np.testing.assert_allclose(reply["state"][:, 3], -DT * pull, rtol=1e-5)
        for agent, cart in zip(AGENTS, range(2)):
            self.same(reply["obs"][agent][:, 0], reply["state"][:, cart])
        for _ in range(LIMIT - 1):
            reply = self.answered("step_ok", talk.step(**talk.rest()))
        self.same(reply["truncated"], [1, 1])

    def test_a_cart_that_is_pushed_away_ends_it(self):
        talk = Talk({"two-carts": TwoCarts})
        talk.make("two-carts", 1)
        talk.ask("reset", seed=1)
        replies = (
            talk.step(**{agent: np.ones((1, 1), "<f4") for agent in AGENTS}) for _ in range(LIMIT)
        )
        flags = [reply["terminated"][0] for reply in replies if reply["type"] == "step_ok"]
        self.assertEqual((sum(flags), flags[-1]), (1, 1))
        self.assertLess(len(flags), LIMIT)
