"""Discrete, multi-discrete and mixed actions: how they are declared, sent and taken."""

import unittest

import numpy as np

from bridge_talk import BridgeTest, Talk
from bridge_toys import DT, Box, Discrete, Mass, MultiDiscrete, Several
from marl_env import BridgeError, GymnasiumVector
from marl_env.action_forms import ActionForm

N = 2


class MultiBinary:
    def __init__(self, n):
        self.n, self.shape, self.dtype = n, (n,), np.dtype(np.int8)


def one_hot(size, *choices):
    rows = np.zeros((len(choices), size), "<f4")
    rows[range(len(choices)), choices] = 1
    return rows


class FormsTest(unittest.TestCase):
    def test_boxes_come_first_and_choices_behind_them(self):
        mixed = Several(
            {
                "gear": Discrete(3, start=1),
                "gas": Box(0, 4, (2,), np.float32),
                "more": Several((MultiBinary(2), Box(-1, 1, (), np.float32))),
            }
        )
        form = ActionForm(mixed, "it")
        described = form.space.describe()
        self.assertEqual(described["choices"], [3, 2, 2])
        self.assertEqual(described["low"], [0, 0, -1] + 7 * [0])
        self.assertEqual(described["high"], [4, 4, 1] + 7 * [1])
        row = np.array([[3, 0.5, -0.25, 0, 0, 1, 1, 0, 0, 1]], np.float32)
        (taken,) = form.each(row)
        self.assertEqual((taken["gear"], taken["gas"].tolist()), (3, [3, 0.5]))
        bits, number = taken["more"]
        self.assertEqual((bits.tolist(), bits.dtype, float(number)), ([0, 1], np.int8, -0.25))

    def test_a_box_alone_is_what_it_was(self):
        form = ActionForm(Box(-1, 1, (2, 2), np.float64), "it")
        self.assertEqual(
            form.space.describe(), {"shape": [4], "dtype": "float64", "low": -1.0, "high": 1.0}
        )
        self.assertEqual(form.each(np.arange(4.0)[None])[0].tolist(), [[0, 1], [2, 3]])

    def test_what_has_too_many_options_is_refused_by_name(self):
        with self.assertRaises(BridgeError) as caught:
            ActionForm(Discrete(70_000), "the action of north")
        self.assertIn("the action of north", caught.exception.message)


class ChoicesTest(BridgeTest):
    def test_a_choice_travels_one_hot(self):
        talk = Talk()
        made = talk.make("discrete", N, options={"first": 7})
        space = {"shape": [5], "dtype": "float32", "low": 0.0, "high": 1.0, "choices": [5]}
        self.assertEqual(made["act_spaces"]["north"], space)
        talk.ask("reset", seed=3)
        reply = talk.step(east=np.zeros((N, 2), "<f4"), north=one_hot(5, 2, 4))
        for copy, force in enumerate(((1, 0), (0, 1))):
            mass = Mass()
            mass.seed(3 + copy)
            mass.begin()
            mass.push(*map(float, force))
            self.same(reply["state"][copy], mass.state())

    def test_numbers_and_choices_travel_together(self):
        talk = Talk()
        made = talk.make("mixed", 1)
        self.assertEqual(made["act_spaces"]["north"]["choices"], [2, 2])
        talk.ask("reset", seed=3)
        north = np.array([[4, 0, 1, 0, 1]], "<f4")  # y, backwards, with 4
        before = talk.step(east=np.zeros((1, 2), "<f4"), north=north)["state"][0]
        self.assertEqual(before[3], -4 * DT)

    def test_what_is_no_choice_is_refused_and_nothing_moves(self):
        talk = Talk()
        talk.make("discrete", N)
        before = talk.ask("reset", seed=3)["state"]
        east = np.zeros((N, 2), "<f4")
        for wrong in (np.zeros(5), np.full(5, 0.2), np.array([1, 1, 0, 0, 0]), [2, 0, 0, 0, -1]):
            north = one_hot(5, 1, 1)
            north[1] = wrong
            reply = talk.step(east=east, north=north)
            self.refused("invalid_action", reply, "the action of north", "copy 1", "entries 0 to 4")
        self.same(talk.ask("reset", seed=3)["state"], before)


class VectorOfChoices:
    """As much of Gymnasium's vector API as is needed; remembers what it was given."""

    num_envs = N
    metadata = {"autoreset_mode": "SameStep"}
    single_observation_space = Box(-1, 1, (1,), np.float32)

    def __init__(self, space):
        self.single_action_space = space

    def reset(self, seed=None, options=None):
        return np.zeros((N, 1), np.float32), {}

    def step(self, actions):
        self.given = actions
        no = np.zeros(N, bool)
        return np.zeros((N, 1), np.float32), np.zeros(N), no, no, {}


class GymnasiumChoicesTest(unittest.TestCase):
    def test_copies_get_their_choices_in_one_array(self):
        env = VectorOfChoices(Discrete(3))
        GymnasiumVector(env).step({"agent_0": one_hot(3, 2, 0)})
        self.assertEqual((env.given.tolist(), env.given.dtype), ([2, 0], np.int64))
        env = VectorOfChoices(MultiDiscrete([2, 3]))
        GymnasiumVector(env).step({"agent_0": np.hstack([one_hot(2, 1, 0), one_hot(3, 2, 1)])})
        self.assertEqual(env.given.tolist(), [[1, 2], [0, 1]])

    def test_choices_are_not_split_among_agents(self):
        with self.assertRaises(BridgeError) as caught:
            GymnasiumVector(VectorOfChoices(Discrete(2)), split={"a": [0], "b": [1]})
        self.assertIn("split", caught.exception.message)
