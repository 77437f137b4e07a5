"""Actions that are not all numbers of one range: their spaces, and the rows that the server gets."""

import unittest

import numpy as np

from dima.action_forms import form_in
from dima.actions import joint_action
from dima.errors import DimaError
from dima.forms import form_of
from dima.local_actions import actions_of
from dima.model import model_of

SPACE = {"dimension": 5, "low": -1, "high": 1, "unit": "1"}
PICKER = {"name": "picker", "actuators": list("abcde"), "choices": [5]}
PAIR = {"name": "pair", "actuators": list("abcde"), "choices": [2, 3]}
PUSHER = {"name": "pusher", "actuators": ["x", "y"], "bounds": {"low": [0, -1], "high": [4, 1]}}
MIXED = {"name": "mixed", "actuators": list("xabc"), "choices": [3]}


def model(*agents, **changes):
    """As a server tells of it."""
    entries = [{"name": f"o{i}", "unit": "1"} for i in range(4)]
    spaces = {"action": SPACE, "observation": entries, "state": entries[:2]}
    card = {"name": "m", "version": "1", "agents": list(agents), "spaces": spaces}
    return model_of({**card, **changes})


def rows(agent, action, *batch):
    return form_in(agent, SPACE).row(action, batch, "actions.it").tolist()


class FormsTest(unittest.TestCase):
    def refused(self, code, agent, action, *batch):
        with self.assertRaises(DimaError) as caught:
            rows(agent, action, *batch)
        self.assertEqual(caught.exception.code, code)
        self.assertIn("actions.it", str(caught.exception))

    def test_one_choice_is_discrete(self):
        space = form_in(PICKER, SPACE).space()
        self.assertEqual((type(space).__name__, int(space.n)), ("Discrete", 5))
        self.assertIn(space.sample(), space)
        self.assertEqual(rows(PICKER, 3), [0, 0, 0, 1, 0])
        self.assertEqual(rows(PICKER, np.int64(0)), [1, 0, 0, 0, 0])
        self.assertEqual(rows(PICKER, [4, 1], 2), [[0, 0, 0, 0, 1], [0, 1, 0, 0, 0]])
        batch = form_in(PICKER, SPACE).space(2)
        self.assertEqual((type(batch).__name__, batch.nvec.tolist()), ("MultiDiscrete", [5, 5]))

    def test_several_are_multi_discrete(self):
        space = form_in(PAIR, SPACE).space()
        self.assertEqual((type(space).__name__, space.nvec.tolist()), ("MultiDiscrete", [2, 3]))
        self.assertEqual(rows(PAIR, [1, 0]), [0, 1, 1, 0, 0])
        self.assertEqual(form_in(PAIR, SPACE).space(4).shape, (4, 2))
        taken = form_in(PAIR, SPACE).space(4).sample()
        self.assertEqual(np.array(rows(PAIR, taken, 4)).sum(axis=1).tolist(), [2] * 4)

    def test_numbers_have_the_bounds_of_the_environment_and_are_padded(self):
        space = form_in(PUSHER, SPACE).space()
        self.assertEqual((space.low.tolist(), space.high.tolist()), ([0, -1], [4, 1]))
        self.assertEqual(rows(PUSHER, [3, 0.25]), [0.5, 0.25, 0, 0, 0])
        self.assertEqual(rows(PUSHER, [[0, 1], [4, -1]], 2), [[-1, 1, 0, 0, 0], [1, -1, 0, 0, 0]])

    def test_both_are_a_tuple(self):
        space = form_in(MIXED, SPACE).space()
        self.assertEqual(type(space).__name__, "Tuple")
        self.assertEqual(rows(MIXED, ([0.5], 2)), [0.5, 0, 0, 1, 0])
        self.assertEqual(len(rows(MIXED, space.sample())), 5)
        self.assertIn(space.sample(), space)

    def test_a_row_is_its_action_again(self):
        for agent, action in ((PICKER, 3), (PAIR, [1, 2]), (PUSHER, [3, 0.25])):
            form = form_in(agent, SPACE)
            again = form.action(form.row(action, (), "it"))
            self.assertEqual(np.asarray(again).tolist(), action)
            self.assertIn(again, form.space())
            self.assertEqual(form.row(form.rest(7), (7,), "it").shape, (7, 5))
        numbers, pick = form_in(MIXED, SPACE).action(np.array([0.5, 0, 0, 1, 0]))
        self.assertEqual((numbers.tolist(), int(pick)), ([0.5], 2))

    def test_what_does_not_fit_is_refused_by_name(self):
        self.refused("action_out_of_range", PICKER, 5)
        self.refused("action_out_of_range", PAIR, [[0, 0], [-1, 0]], 2)
        self.refused("invalid_shape", PICKER, [0, 1])
        self.refused("invalid_shape", PICKER, 0.5)
        self.refused("invalid_shape", PICKER, "up")
        self.refused("invalid_shape", MIXED, 1)
        self.refused("not_finite", PUSHER, [np.nan, 0])

    def test_agents_that_differ_are_one_array_on_the_wire(self):
        forms = model(PICKER, PUSHER).forms
        joint = joint_action({"picker": 1, "pusher": [2, 0]}, forms)
        self.assertEqual(joint.tolist(), [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]])
        self.assertEqual(joint.dtype, np.float32)

    def test_agents_see_as_much_as_their_own(self):
        one = model({**PICKER, "observed": 3}, PUSHER)
        self.assertEqual(one.observation_space("picker").shape, (3,))
        self.assertEqual(one.observation_space("pusher", 2).shape, (2, 4))


class LocalTest(unittest.TestCase):
    def test_a_sampler_without_a_server_chooses_as_often_as_is_likely(self):
        manifest = {"action": SPACE, "agents": [MIXED]}
        mean = np.tile(np.float32([0.25, 0.7, 0.2, 0.1, 9]), (4000, 1, 1))
        noise = np.random.default_rng(1).normal(size=mean.shape).astype(np.float32)
        taken = actions_of(manifest, mean, np.full_like(mean, 0.1), noise)
        self.assertTrue((taken[..., 1:4].sum(axis=-1) == 1).all() and (taken[..., 4] == 0).all())
        often = taken[:, 0, 1:4].mean(axis=0)
        self.assertTrue(np.abs(often - [0.7, 0.2, 0.1]).max() < 0.03, often)
        still = actions_of(manifest, mean[:1], np.zeros_like(mean[:1]), np.zeros_like(noise[:1]))
        self.assertEqual(still.tolist(), [[[0.25, 1, 0, 0, 0]]])


class JointTest(unittest.TestCase):
    def test_choices_of_all_agents_are_one_multi_discrete(self):
        form = form_of("joint", model(PICKER, PAIR), 2)
        self.assertEqual(form.action_space.nvec.tolist(), [[5, 2, 3]] * 2)
        given = form.actions([[4, 1, 2], [0, 0, 0]])
        self.assertEqual(given.shape, (2, 2, 5))
        self.assertEqual(given[0].tolist(), [[0, 0, 0, 0, 1], [0, 1, 0, 0, 1]])
        with self.assertRaises(DimaError):
            form.actions([4, 1, 2])

    def test_a_single_choice_is_discrete(self):
        form = form_of("joint", model(PICKER))
        self.assertEqual(int(form.action_space.n), 5)
        self.assertEqual(form.actions(2).tolist(), [[0, 0, 1, 0, 0]])

    def test_numbers_stand_side_by_side_without_padding(self):
        form = form_of("joint", model(PUSHER, {**PUSHER, "name": "other"}))
        self.assertEqual(form.action_space.shape, (4,))
        self.assertEqual(form.actions([4, 0, 0, 1])[:, :2].tolist(), [[1, 0], [-1, 1]])

    def test_numbers_beside_choices_have_no_joint_space(self):
        with self.assertRaises(DimaError) as caught:
            form_of("joint", model(MIXED))
        self.assertIn("dict", caught.exception.hint)
