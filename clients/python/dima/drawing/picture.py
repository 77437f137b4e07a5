"""One picture of a robot on its ground."""

from __future__ import annotations

from typing import List

import numpy as np

from .camera import HEIGHT, WIDTH, Camera, camera_at
from .canvas import Canvas, rgb
from .kinematics import Part, parts_of
from .robots import Robot, pose_of

_EDGE = 1.5  # pixels around a part
_FIELD = 0.5  # m, of the measuring tape under planar robots
_TAPE = 9  # pixels
_SKY, _MARK, _START = "#f6f8fa", "#e2e8ee", "#c8553d"
_GROUND, _SURFACE = "#e9e4d8", "#8a8371"
_TAPE_LIGHT, _TAPE_DARK = "#d9d2c1", "#b7ae98"
_TILE_LIGHT, _TILE_DARK = "#efebe1", "#e2dccd"


def picture(robot: Robot, state: np.ndarray, place: np.ndarray) -> np.ndarray:
    """uint8 [HEIGHT, WIDTH, 3] of a state [S] at x and y [2] in m."""
    camera = camera_at(robot["view"], place)
    canvas = Canvas(_SKY)
    (_draw_tape if camera.kind == "side" else _draw_tiles)(canvas, camera)
    for group in _groups(parts_of(robot, pose_of(robot, state, place)), camera):
        for part in group:
            _draw(canvas, camera, part, _EDGE, part.edge)
        for part in group:
            _draw(canvas, camera, part, 0, part.fill)
    return canvas.finished()


def _draw(canvas: Canvas, camera: Camera, part: Part, margin: float, colour: str) -> None:
    radius = part.radius * camera.scale + margin
    canvas.line(camera.pixel(part.start), camera.pixel(part.end), radius, colour)


def _groups(parts: List[Part], camera: Camera) -> List[List[Part]]:
    """What is drawn together, from far to near; from the side a limb is one piece under one edge."""
    if camera.kind == "oblique":
        return [[part] for part in sorted(parts, key=lambda part: camera.depth(part.middle))]
    numbers = sorted({part.limb for part in parts})
    trunk, *limbs = [[part for part in parts if part.limb == limb] for limb in numbers]
    far = [limb for limb in limbs if limb[0].far]
    return [*far, trunk, *(limb for limb in limbs if not limb[0].far)]


def _draw_tape(canvas: Canvas, camera: Camera) -> None:
    """Two fields are a metre; a red line stands where the episode began."""
    level, reach = camera.level, WIDTH / camera.scale / 2
    first = np.floor((camera.focus[0] - reach) / _FIELD)
    fields = (first + np.arange(2 * reach / _FIELD + 2)) * _FIELD
    left = [camera.pixel(np.array([metres, 0, 0]))[0] for metres in fields]
    for metres, x in zip(fields, left):
        if metres % 1 == 0:
            colour, opacity = (_START, 0.45) if metres == 0 else (_MARK, 1.0)
            canvas.rectangle(x - 0.75, 0, 1.5, level, colour, opacity)
    canvas.rectangle(0, level, WIDTH, HEIGHT - level, _GROUND)
    for metres, x in zip(fields, left):
        colour = _TAPE_LIGHT if metres % 1 == 0 else _TAPE_DARK
        canvas.rectangle(x, level, _FIELD * camera.scale, _TAPE, colour)
    canvas.rectangle(0, level - 0.75, WIDTH, 1.5, _SURFACE)


def _draw_tiles(canvas: Canvas, camera: Camera) -> None:
    """Of one metre."""
    x, y = camera.ground()
    dark = (np.floor(x) + np.floor(y)) % 2 == 0
    canvas.pixels[:] = np.where(dark[..., None], rgb(_TILE_DARK), rgb(_TILE_LIGHT))
    begun = np.clip(1.75 - camera.scale * np.abs(x), 0, 1)[..., None] * 0.45  # where x is 0
    canvas.pixels += begun * (rgb(_START) - canvas.pixels)
