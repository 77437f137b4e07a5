"""What is known of the robots' bodies. `npm run bodies` writes bodies.json from MuJoCo's models."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

import numpy as np

Robot = Dict[str, Any]


@functools.lru_cache(maxsize=None)
def robots() -> Dict[str, Robot]:
    """By name."""
    return json.loads((Path(__file__).parent / "bodies.json").read_text("utf-8"))


def robot_of(state_names: Sequence[str]) -> Optional[Robot]:
    """The one whose states have these entries; None when it is none of ours."""
    names = list(state_names)
    return next((robot for robot in robots().values() if robot["state"] == names), None)


def pose_of(robot: Robot, state: np.ndarray, place: np.ndarray) -> np.ndarray:
    """MuJoCo's coordinates [Q] of a state [S]; ``place`` [2] is x and y in m, which a state leaves out."""
    named = {"x": place[0], "y": place[1]}
    return np.array([named[at] if at in named else state[at] for at in robot["coordinates"]])


def velocity_of(robot: Robot, states: np.ndarray) -> np.ndarray:
    """Along x and y, [E, 2] in m/s, of states [E, S]; planar robots go nowhere along y."""
    velocities = np.zeros((len(states), 2))
    for axis, at in enumerate(robot["velocities"]):
        velocities[:, axis] = states[:, at]
    return velocities
