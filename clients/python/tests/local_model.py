"""Models imagined here against the same models on a server; needs onnxruntime.

DIMA_SHIPPED_URL  serves the models of the folder DIMA_MODELS
"""

import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path

import numpy as np

from dima import Client, DimaError
from dima.local import LocalModel
from servers import server

WITHIN = 1e-5
CASES = [
    dict(plan="joint"),
    dict(plan="sequential"),
    dict(plan="sequential", order="ascending"),
    dict(plan="sequential", order=[1, 0, 0, 1]),
    dict(plan="progressive", order=[0, 1]),
    dict(observations="decoded"),
    dict(),
]


def some_rollout(model, rows=3, steps=6, seed=1):
    """Windows of one to three states in the data's middle, and actions of which some are clipped."""
    random = np.random.default_rng(seed)
    mean, std = (np.array(model["normalisation"][name]) for name in ("mean", "std"))
    states = mean + 0.3 * std * random.normal(size=(rows, model["context"], len(mean)))
    joint = (len(model["agents"]), model["action"]["dimension"])
    actions = random.normal(size=(rows, steps, *joint)).astype(np.float32)
    starts = [
        {"states": states[row, : row % 3 + 1], "actions": actions[row, : row % 3]}
        for row in range(rows)
    ]
    return starts, actions


class LocalModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client(server("DIMA_SHIPPED_URL"))
        cls.models = Path(os.environ["DIMA_MODELS"])

    def same(self, model, asked, starts, actions=None, **options):
        served = self.client.rollout(starts, actions, model=asked, seed=7, **options)
        local = model.rollout(starts, actions, seed=7, **options)
        std = np.array(model.manifest["normalisation"]["std"])
        for name in ("rewards", "termination_probabilities"):
            np.testing.assert_allclose(local[name], served[name], atol=WITHIN, err_msg=name)
        np.testing.assert_allclose(local["states"] / std, served["states"] / std, atol=WITHIN)
        for agent, seen in served["observations"].items():
            np.testing.assert_allclose(local["observations"][agent], seen, atol=WITHIN)
        for name in ("terminations", "lengths"):
            np.testing.assert_array_equal(local[name], served[name])
        if "actions" in served:
            np.testing.assert_allclose(local["actions"], served["actions"], atol=WITHIN)
        return local

    def each(self):
        """Every model that is served, and by what name."""
        for folder in sorted(self.models.glob("*/[0-9]*")):
            yield LocalModel(folder), f"{folder.parent.name}@{folder.name}"

    def test_every_plan_gives_the_servers_numbers(self):
        for model, asked in self.each():
            starts, actions = some_rollout(model.manifest)
            for options in CASES:
                with self.subTest(asked, **options):
                    self.same(model, asked, starts, actions, **options)
            last = model.manifest["agents"][-1]["name"]
            self.same(model, asked, starts, actions, plan="progressive", order=[last, 0])

    def test_examples_stay_with_the_server_to_the_horizon(self):
        compared = 0
        for folder in sorted(self.models.glob("*/[0-9]*")):
            model, asked = LocalModel(folder), f"{folder.parent.name}@{folder.name}"
            for example in json.loads((folder / "examples.json").read_text()):
                actions = np.array(example["actions"], np.float32)
                self.assertEqual(actions.shape[1], model.manifest["horizon"])
                for plan in ("joint", "sequential", "progressive"):
                    with self.subTest(asked, title=example["title"], plan=plan):
                        self.same(model, asked, example["starts"], actions, plan=plan)
                        compared += 1
        self.assertGreater(compared, 0)

    def test_the_policy_acts_as_on_the_server(self):
        acted = 0
        for model, asked in self.each():
            if "policy" not in model.manifest["graphs"]:
                with self.assertRaisesRegex(DimaError, "no_policy"):
                    model.rollout(np.zeros((1, 17)), policy={}, horizon=3)
                continue
            starts, actions = some_rollout(model.manifest)
            names = [agent["name"] for agent in model.manifest["agents"]]
            for policy in ({}, {"mode": "mean"}, {"agents": names[1:]}):
                with self.subTest(asked, policy=policy):
                    given = actions if "agents" in policy else None
                    size = {} if "agents" in policy else {"horizon": 6}
                    self.same(model, asked, starts, given, policy=policy, **size)
                    acted += 1
        self.assertGreater(acted, 0)

    def test_one_start_for_all_rows(self):
        for model, asked in self.each():
            starts, actions = some_rollout(model.manifest)
            self.same(model, asked, starts[2:], actions)
            again = model.rollout(starts[2:], actions, seed=7)
            other = model.rollout(starts[2:], actions, seed=8)
            self.assertTrue((again["states"] != other["states"]).any())

    def test_the_readmes_lines_run(self):
        readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
        blocks = [block.split("```")[0] for block in readme.split("```python\n")[1:]]
        (lines,) = [block for block in blocks if "LocalModel" in block]
        folder = str(self.models / "halfcheetah-2x3" / "2")
        exec(lines.replace("models/halfcheetah-2x3/4", folder), {})


class RefusalTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(os.environ["DIMA_MODELS"], "halfcheetah-2x3", "2")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = Path(folder.name, "copy")
        shutil.copytree(self.folder, self.copy)

    def refused(self, code, field, *arguments, **options):
        with self.assertRaises(DimaError) as caught:
            LocalModel(self.folder).rollout(*arguments, **options)
        error = caught.exception
        fields = [one["field"] for one in error.errors]
        self.assertEqual((error.code, fields), (code, [field]), str(error))

    def test_requests_are_refused_by_field(self):
        starts, actions = np.zeros((1, 17)), np.zeros((1, 3, 2, 3))
        lost = actions.copy()
        lost[0, 1, 0, 2] = np.nan
        self.refused("invalid_request", "actions", starts)
        self.refused("invalid_shape", "actions", starts, np.zeros((1, 16, 2, 3)))
        self.refused("not_finite", "actions[0][1][0][2]", starts, lost)
        self.refused("invalid_shape", "starts", np.zeros((2, 17)), np.zeros((3, 1, 2, 3)))
        self.refused("invalid_shape", "starts[0].states", np.zeros((1, 16)), actions)
        short = {"states": np.zeros((2, 17))}
        self.refused("invalid_shape", "starts[0].actions", short, actions)
        self.refused("invalid_request", "plan", starts, actions, plan="best")
        self.refused("invalid_request", "order", starts, actions, order=[0, 1])
        self.refused("invalid_request", "order", starts, actions, plan="sequential", order=[0, 0])
        self.refused("invalid_request", "observations", starts, actions, observations="exact")
        self.refused("invalid_request", "seed", starts, actions, seed=-1)
        self.refused("invalid_request", "horizon", starts, policy={}, horizon=16)
        unknown = {"agents": ["agent_9"]}
        self.refused("unknown_agent", "policy.agents[0]", starts, actions, policy=unknown)

    def broken(self, reason):
        with self.assertRaises(DimaError) as caught:
            LocalModel(self.copy)
        self.assertEqual(caught.exception.code, "invalid_bundle")
        self.assertIn(reason, str(caught.exception))

    def test_folders_are_refused_by_file(self):
        manifest = json.loads((self.copy / "manifest.json").read_text())
        with open(self.copy / "denoise.onnx", "ab") as file:
            file.write(b"x")
        self.broken("denoise.onnx has another sha256 than manifest.json lists")
        os.remove(self.copy / "denoise.onnx")
        self.broken("denoise.onnx can't be read")
        manifest["graphs"]["embed"]["file"] = "../embed.onnx"
        for change, reason in (
            ({}, "../embed.onnx is no file of this folder"),
            ({"kind": "dreamer"}, "a model of kind dreamer"),
            ({"formatVersion": 9}, "formatVersion 9"),
        ):
            (self.copy / "manifest.json").write_text(json.dumps({**manifest, **change}))
            self.broken(reason)
        (self.copy / "manifest.json").write_text("{")
        self.broken("manifest.json can't be read")


if __name__ == "__main__":
    unittest.main()
