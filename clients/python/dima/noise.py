"""Random numbers as the server draws them: a function of seed, start window and step alone.

A key is hashed into three words, part by part, by the finaliser of murmur3; they and a counter are
the state of sfc32 (PractRand), whose first twelve numbers are thrown away. Pairs of numbers become
pairs of normal ones by Box and Muller. All of it in 32 bits, for B rows side by side.
"""

from __future__ import annotations

from typing import Union

import numpy as np

_STARTS = np.array([0x243F6A88, 0x85A308D3, 0x13198A2E], np.uint32)
_END = np.uint32(0x6D2B79F5)
_WARM_UP = 12
_RANGE = 4294967296.0


def _mix(hashed: np.ndarray) -> np.ndarray:
    hashed = (hashed ^ (hashed >> 16)) * np.uint32(0x85EBCA6B)
    hashed = (hashed ^ (hashed >> 13)) * np.uint32(0xC2B2AE35)
    return hashed ^ (hashed >> 16)


def _fold(hashed: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Takes a number each into hashes, by its 64 bits; -0 is 0."""
    words = (np.asarray(numbers, np.float64) + 0.0).view(np.uint64)
    low, high = words.astype(np.uint32), (words >> np.uint64(32)).astype(np.uint32)
    return _mix(_mix(_mix(hashed ^ low) + high + np.uint32(1)) + _END)


def start_keys(states: np.ndarray, actions: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """A key for each start window, [B].

    states   [B, L, S] environment units, the real ones last
    actions  [B, L-1, N, A] float32, between them
    lengths  [B] real states, 1..L
    """
    rows, most = states.shape[:2]
    keys = lengths.astype(np.uint32)
    for values in (states, actions):
        columns = values.reshape(rows, -1)
        padding = (most - lengths) * (columns.shape[1] // max(values.shape[1], 1))
        for i in range(columns.shape[1]):
            keys = np.where(i >= padding, _fold(keys, columns[:, i]), keys)
    return keys


class Streams:
    """A stream for each row. seed: an integer of 32 bits; keys: [B] of start_keys."""

    def __init__(self, seed: int, keys: np.ndarray) -> None:
        begun = np.repeat(_STARTS[:, None], len(keys), axis=1)
        self._hashes = _fold(_fold(begun, np.full(len(keys), float(seed))), keys)  # [3, B]

    def normals(self, width: int, *place: Union[int, str]) -> np.ndarray:
        """[B, width] float32, standard normal. place: what they are for, for example the step."""
        drawn = self._draw(2 * ((width + 1) // 2), place)
        radius = np.sqrt(-2 * np.log((drawn[:, 0::2] + 0.5) / _RANGE))
        angle = 2 * np.pi * (drawn[:, 1::2] / _RANGE)
        pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
        return pairs.reshape(len(drawn), -1)[:, :width].astype(np.float32)

    def uniform(self, *place: Union[int, str]) -> np.ndarray:
        """[B] in [0, 1)."""
        return self._draw(1, place)[:, 0] / _RANGE

    def _draw(self, count: int, place: tuple) -> np.ndarray:
        """[B, count] numbers of 32 bits."""
        hashes = self._hashes
        for part in place:
            if isinstance(part, str):
                for letter in part:
                    hashes = _mix(hashes + np.uint32(ord(letter) + 2))
                hashes = _mix(hashes + _END)
            else:
                hashes = _fold(hashes, np.full(hashes.shape[1], float(part)))
        a, b, c = hashes
        drawn = np.empty((len(a), count), np.uint32)
        for i in range(_WARM_UP + count):
            number = a + b + np.uint32(i + 1)
            a, b = b ^ (b >> 9), c + (c << 3)
            c = ((c << 21) | (c >> 11)) + number
            if i >= _WARM_UP:
                drawn[:, i - _WARM_UP] = number
        return drawn
