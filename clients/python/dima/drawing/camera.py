"""Parallel projection: planar robots from the side, others obliquely from above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Tuple

import numpy as np

WIDTH, HEIGHT = 480, 270
"""Pixels of a picture."""
_AZIMUTH, _ELEVATION = -0.38, 0.6  # radians
_LEVEL = {"side": 0.8, "oblique": 0.62}
"""Where the focus is in the picture, as a share of its height from above."""


@dataclass(frozen=True)
class Camera:
    kind: str
    """``side`` or ``oblique``"""
    scale: float
    """pixels of a metre"""
    focus: np.ndarray
    """[3], the point of the ground in the middle of the picture, in m"""
    axes: np.ndarray
    """[3, 3]: to the right, up, and towards the eye"""
    level: float
    """pixels from above, of the focus"""

    def pixel(self, point: np.ndarray) -> np.ndarray:
        """[2], to the right and down, of a point [3]."""
        right, up, _ = self.axes @ (point - self.focus)
        return np.array([WIDTH / 2 + self.scale * right, self.level - self.scale * up])

    def depth(self, point: np.ndarray) -> float:
        """Larger is nearer to the eye."""
        return float(self.axes[2] @ (point - self.focus))

    def ground(self) -> Tuple[np.ndarray, np.ndarray]:
        """x and y [HEIGHT, WIDTH] in m of the ground that pixels show; only seen from above."""
        right = (np.arange(WIDTH) + 0.5 - WIDTH / 2) / self.scale
        up = (self.level - np.arange(HEIGHT) - 0.5) / self.scale
        back = np.linalg.inv(self.axes[:2, :2])
        x, y = np.tensordot(back, np.stack(np.meshgrid(right, up)), 1)
        return x + self.focus[0], y + self.focus[1]


def camera_at(view: Mapping[str, Any], place: np.ndarray) -> Camera:
    """Above x and y [2] of the ground, in m."""
    kind = view["kind"]
    azimuth, elevation = (0.0, 0.0) if kind == "side" else (_AZIMUTH, _ELEVATION)
    c, s, ce, se = np.cos(azimuth), np.sin(azimuth), np.cos(elevation), np.sin(elevation)
    return Camera(
        kind=kind,
        scale=WIDTH / view["widthMetres"],
        focus=np.array([place[0], place[1], 0.0]),
        axes=np.array([[c, s, 0], [-s * se, c * se, ce], [s * ce, -c * ce, se]]),
        level=HEIGHT * _LEVEL[kind],
    )
