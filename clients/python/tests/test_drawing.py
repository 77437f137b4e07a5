"""Pictures of robots, which need no server."""

import json
import os
import unittest

import numpy as np

from dima import DimaError
from dima.drawing.camera import HEIGHT, WIDTH
from dima.drawing.kinematics import parts_of
from dima.drawing.painter import Painter, painter_for, render_metadata
from dima.drawing.picture import picture
from dima.drawing.robots import pose_of, robots


def standing(robot):
    """A state [S] on the ground."""
    state = np.zeros(len(robot["state"]))
    if robot["view"]["kind"] == "oblique":
        state[:2] = 0.5, 1  # height, and no turn
    else:
        state[0] = robot["bodies"][0]["joints"][1]["rest"]
    return state


class KinematicsTest(unittest.TestCase):
    def test_parts_are_where_mujoco_has_them(self):
        path = os.environ.get("DIMA_POSES")
        if not path:
            raise unittest.SkipTest("DIMA_POSES is not set: run `npx vitest run test/clients`")
        with open(path, encoding="utf-8") as file:
            poses = json.load(file)
        self.assertEqual({pose["robot"] for pose in poses}, set(robots()))
        for pose in poses:
            robot = robots()[pose["robot"]]
            coordinates = pose_of(robot, np.array(pose["state"]), np.array(pose["place"]))
            np.testing.assert_allclose(coordinates, pose["qpos"])
            parts = parts_of(robot, coordinates)
            self.assertEqual(len(parts), len(pose["shapes"]))
            for part, shape in zip(parts, pose["shapes"]):
                np.testing.assert_allclose(part.start, shape["from"], atol=1e-9)
                np.testing.assert_allclose(part.end, shape["to"], atol=1e-9)
                self.assertAlmostEqual(part.radius, shape["radius"])
                self.assertEqual((part.limb, part.far), (shape["limb"], shape["far"]))


class PictureTest(unittest.TestCase):
    def test_a_robot_stands_in_its_picture(self):
        for robot in robots().values():
            state, place = standing(robot), np.zeros(2)
            drawn = picture(robot, state, place)
            self.assertEqual((drawn.shape, drawn.dtype), ((HEIGHT, WIDTH, 3), np.uint8))
            trunk = [0x52, 0x66, 0x7A]
            rows, columns = np.nonzero((drawn == trunk).all(axis=2))
            self.assertGreater(len(rows), 500)
            self.assertLess(abs(columns.mean() - WIDTH / 2), 40)
            bent = state.copy()
            bent[next(i for i, name in enumerate(robot["state"]) if name.endswith("_angle"))] += 0.5
            self.assertTrue((picture(robot, bent, place) != drawn).any())

    def test_numbers_out_of_all_bounds_are_drawn_too(self):
        for robot in robots().values():
            for value in (1e6, -1e6):
                state = np.full(len(robot["state"]), value)
                self.assertEqual(picture(robot, state, np.zeros(2)).shape, (HEIGHT, WIDTH, 3))


class PainterTest(unittest.TestCase):
    robot = robots()["HalfCheetah"]

    def test_robots_come_as_far_as_they_are_fast(self):
        states = np.zeros((2, len(self.robot["state"])))
        painter = Painter(self.robot, 2)
        painter.begin(slice(None), states)
        states[1, self.robot["state"].index("forward_velocity")] = 2.0  # m/s
        painter.move(states, np.array([False, False]))
        painter.move(states, np.array([False, False]))
        # 2 m/s are reached evenly within the first of two steps of 0.05 s.
        np.testing.assert_allclose(painter._places, [[0, 0], [0.15, 0]])
        here, there = painter.frames()
        self.assertTrue((here != there).any(), "the ground moves past")
        painter.move(states, np.array([False, True]))
        np.testing.assert_array_equal(painter._places[1], 0)

    def test_who_can_be_drawn(self):
        names = self.robot["state"]
        self.assertEqual(render_metadata(names), {"render_modes": ["rgb_array"], "render_fps": 20})
        self.assertEqual(render_metadata(["x", "y"]), {"render_modes": []})
        self.assertIsNone(painter_for(None, ["x", "y"], 1))
        self.assertIsInstance(painter_for("rgb_array", names, 1), Painter)
        for mode, names in (("rgb_array", ["x", "y"]), ("ansi", names)):
            with self.assertRaises(DimaError) as caught:
                painter_for(mode, names, 1)
            self.assertIn(mode, str(caught.exception))
