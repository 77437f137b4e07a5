"""Where the parts of a robot are: MuJoCo's forward kinematics for hinges, slides and free joints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Tuple

import numpy as np

from .robots import Robot


@dataclass(frozen=True)
class Part:
    """A capsule between the centres of its round ends [3], in m; a sphere has both in one place."""

    start: np.ndarray
    end: np.ndarray
    radius: float
    limb: int
    """0 is the trunk"""
    far: bool
    """behind the trunk of a planar robot"""
    fill: str
    edge: str

    @property
    def middle(self) -> np.ndarray:
        return (self.start + self.end) / 2


def parts_of(robot: Robot, coordinates: np.ndarray) -> List[Part]:
    """In the order of the model, for coordinates [Q]."""
    frames: List[Tuple[np.ndarray, np.ndarray]] = [(np.zeros(3), np.eye(3))]  # of the world
    parts = []
    for body in robot["bodies"]:
        frames.append(_frame(body, frames[body["parent"]], coordinates))
        parts += [_part(shape, *frames[-1]) for shape in body["shapes"]]
    return parts


def _frame(
    body: Mapping[str, Any], parent: Tuple[np.ndarray, np.ndarray], coordinates: np.ndarray
) -> Tuple[np.ndarray, np.ndarray]:
    """Origin [3] and axes [3, 3] of a body in the world."""
    origin = parent[0] + parent[1] @ body["position"]
    axes = parent[1] @ rotation(body["quaternion"])
    for joint in body["joints"]:
        origin, axes = _moved(joint, origin, axes, coordinates[joint["coordinate"] :])
    return origin, axes


def _moved(
    joint: Mapping[str, Any], origin: np.ndarray, axes: np.ndarray, coordinates: np.ndarray
) -> Tuple[np.ndarray, np.ndarray]:
    if joint["type"] == "free":
        return coordinates[:3], rotation(coordinates[3:7])
    way = coordinates[0] - joint["rest"]
    if joint["type"] == "slide":
        return origin + axes @ joint["axis"] * way, axes
    anchor = origin + axes @ joint["anchor"]
    half = way / 2
    turned = axes @ rotation([np.cos(half), *(np.sin(half) * np.array(joint["axis"]))])
    return anchor - turned @ joint["anchor"], turned


def _part(shape: Mapping[str, Any], origin: np.ndarray, axes: np.ndarray) -> Part:
    centre = origin + axes @ shape["centre"]
    reach = axes @ rotation(shape["quaternion"])[:, 2] * shape["half"]
    return Part(
        start=centre - reach,
        end=centre + reach,
        radius=shape["radius"],
        limb=shape["limb"],
        far=shape["far"],
        fill=shape["fill"],
        edge=shape["edge"],
    )


def rotation(quaternion: Any) -> np.ndarray:
    """[3, 3] of w, x, y, z, which need not be of length 1: imagined ones are not."""
    values = np.asarray(quaternion, np.float64)
    w, x, y, z = values / (np.linalg.norm(values) or 1.0)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
