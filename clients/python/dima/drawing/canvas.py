"""A picture as an array, with smooth edges: thick lines with round ends, and rectangles."""

from __future__ import annotations

import functools

import numpy as np

from .camera import HEIGHT, WIDTH


@functools.lru_cache(maxsize=None)
def rgb(colour: str) -> np.ndarray:
    """[3] of ``#rrggbb``."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


class Canvas:
    """pixels  [HEIGHT, WIDTH, 3], 0 to 255"""

    def __init__(self, colour: str) -> None:
        self.pixels = np.broadcast_to(rgb(colour), (HEIGHT, WIDTH, 3)).copy()

    def line(self, start: np.ndarray, end: np.ndarray, radius: float, colour: str) -> None:
        """All pixels up to ``radius`` from the way between two pixels [2]; a disc when they are one."""
        low = np.floor(np.minimum(start, end) - radius - 1).astype(int)
        high = np.ceil(np.maximum(start, end) + radius + 1).astype(int)
        left, right = np.clip([low[0], high[0]], 0, WIDTH)
        top, bottom = np.clip([low[1], high[1]], 0, HEIGHT)
        if left >= right or top >= bottom:
            return
        x = np.arange(left, right) + 0.5 - start[0]
        y = (np.arange(top, bottom) + 0.5 - start[1])[:, None]
        way = end - start
        length = float(way @ way) or 1.0
        along = np.clip((x * way[0] + y * way[1]) / length, 0, 1)
        distance = np.hypot(x - along * way[0], y - along * way[1])
        self._blend(top, bottom, left, right, np.clip(radius + 0.5 - distance, 0, 1), colour)

    def rectangle(
        self, x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0
    ) -> None:
        across = _covered(x, x + width, WIDTH)
        down = _covered(y, y + height, HEIGHT)
        columns, rows = np.flatnonzero(across), np.flatnonzero(down)
        if len(columns) and len(rows):
            left, right, top, bottom = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
            share = opacity * np.outer(down[top:bottom], across[left:right])
            self._blend(top, bottom, left, right, share, colour)

    def finished(self) -> np.ndarray:
        """uint8 [HEIGHT, WIDTH, 3]"""
        return np.round(self.pixels).astype(np.uint8)

    def _blend(
        self, top: int, bottom: int, left: int, right: int, share: np.ndarray, colour: str
    ) -> None:
        part = self.pixels[top:bottom, left:right]
        part += share.astype(np.float32)[..., None] * (rgb(colour) - part)


def _covered(low: float, high: float, size: int) -> np.ndarray:
    """[size], the share of each pixel that lies between two places."""
    edges = np.arange(size)
    return np.clip(np.minimum(high, edges + 1) - np.maximum(low, edges), 0, 1)
