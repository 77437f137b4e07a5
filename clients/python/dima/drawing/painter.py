"""Pictures of many environments: where each robot has come to, and how it stands there."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Sequence

import numpy as np

from ..errors import DimaError
from .picture import picture
from .robots import Robot, robot_of, robots, velocity_of

RENDER_MODES = ["rgb_array"]


class Painter:
    """A state leaves out how far the robot has come: that is the integral of its velocity, which is
    taken to change evenly over a step."""

    def __init__(self, robot: Robot, count: int) -> None:
        self._robot = robot
        self._places = np.zeros((count, 2))  # [E, 2] x and y in m since the episode began
        self._states = np.zeros((count, len(robot["state"])))  # [E, S]

    def move(self, states: np.ndarray, begun: np.ndarray) -> None:
        """The states [E, S] after a step; where ``begun`` [E] another episode has begun."""
        both = velocity_of(self._robot, self._states) + velocity_of(self._robot, states)
        self._places += self._robot["stepSeconds"] * both / 2
        self._places[begun] = 0
        self._states = np.array(states)

    def begin(self, rows: Any, states: np.ndarray) -> None:
        """Episodes begin in these rows, with states [rows, S]."""
        self._places[rows], self._states[rows] = 0, states

    def frames(self) -> List[np.ndarray]:
        """uint8 [height, width, 3] of each environment."""
        return [
            picture(self._robot, state, place) for state, place in zip(self._states, self._places)
        ]


def painter_for(
    render_mode: Optional[str], state_names: Sequence[str], count: int
) -> Optional[Painter]:
    """None without a mode. DimaError ``invalid_request`` for other modes, and other robots than ours."""
    if render_mode is None:
        return None
    if render_mode not in RENDER_MODES:
        known = ", ".join(RENDER_MODES)
        raise DimaError("invalid_request", f"render_mode is {render_mode!r}, expected {known} or None")
    robot = robot_of(state_names)
    if robot is None:
        known = ", ".join(robots())
        raise DimaError(
            "invalid_request",
            f"render_mode is {render_mode!r}, and this model's states are none of {known}",
            hint="Other models have states and observations, and no picture.",
        )
    return Painter(robot, count)


def render_metadata(state_names: Sequence[str]) -> Mapping[str, Any]:
    """Of an environment, as PettingZoo and Gymnasium have them."""
    robot = robot_of(state_names)
    if robot is None:
        return {"render_modes": []}
    return {"render_modes": list(RENDER_MODES), "render_fps": round(1 / robot["stepSeconds"])}


def not_rendered(drawable: bool) -> NotImplementedError:
    """Of render() where nothing is drawn."""
    if drawable:
        return NotImplementedError('nothing is drawn: give render_mode="rgb_array"')
    return NotImplementedError("a remote world model can't be rendered unless it is of our robots")
