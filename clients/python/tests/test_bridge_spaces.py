"""Which spaces can be served, and how they are told."""

import unittest

import numpy as np

from bridge_toys import Box, Discrete
from marl_env import BridgeError, Space
from marl_env.spaces import space_of


class BridgeSpacesTest(unittest.TestCase):
    def test_equal_bounds_are_one_number_others_a_list(self):
        self.assertEqual(
            Space(2, -1, [1, 2]).describe(),
            {"shape": [2], "dtype": "float32", "low": -1.0, "high": [1.0, 2.0]},
        )

    def test_names_and_units_are_told_where_given(self):
        described = Space(2, names=["x", "y"], units=["m", "m"]).describe()
        self.assertEqual((described["names"], described["units"]), (["x", "y"], ["m", "m"]))
        self.assertNotIn("names", Space(2).describe())

    def test_only_float64_travels_as_float64(self):
        dtypes = {
            "f8": "float64",
            "f4": "float32",
            "f2": "float32",
            "i8": "float32",
            "u1": "float32",
        }
        for given, travels in dtypes.items():
            self.assertEqual(space_of(Box(0, 1, (3,), given), "it").dtype, travels)

    def test_several_dimensions_become_one(self):
        box = Box(0, 1, (2, 3), np.float64)
        box.low[1, 2] = -7
        space = space_of(box, "it")
        self.assertEqual((space.size, space.shape), (6, (2, 3)))
        self.assertEqual(space.low.tolist(), [0, 0, 0, 0, 0, -7])
        self.assertEqual(space_of(Box(0, 1, (), "f4"), "it").size, 1)

    def test_what_is_no_box_is_refused_by_name(self):
        class Dict:
            spaces = {}
            shape = None

        for space in (Discrete(5), Dict(), None, Box(0, 1, (2,), "O")):
            with self.assertRaises(BridgeError) as caught:
                space_of(space, "the observation of north")
            self.assertEqual(caught.exception.code, "unsupported")
            self.assertIn("the observation of north", caught.exception.message)

    def test_actions_are_floats(self):
        for space in (Discrete(5), Box(0, 1, (2,), np.int64)):  # choices: test_bridge_choices.py
            with self.assertRaises(BridgeError) as caught:
                space_of(space, "the action of north", continuous=True)
            self.assertIn("the action of north", caught.exception.message)
            self.assertIn("Box of floats", caught.exception.message)

    def test_spaces_that_contradict_themselves_are_refused(self):
        wrong = (
            dict(size=0),
            dict(size=70_000),
            dict(size=2, low=[0, 1, 2]),
            dict(size=2, low=1, high=0),
            dict(size=2, low=np.nan),
            dict(size=2, names=["x"]),
            dict(size=2, names=["x", "x"]),
            dict(size=2, units=["m"]),
            dict(size=2, choices=[3]),
            dict(size=2, choices=[0, 2]),
        )
        for arguments in wrong:
            with self.assertRaises(ValueError, msg=str(arguments)):
                Space(**arguments)
