"""Writes the small files of recorded episodes that test/training/dataset reads: python3 test/data/datasets.py (h5py).

Their numbers follow from their places, so that the tests know them.
"""

from pathlib import Path

import h5py
import numpy as np

HERE = Path(__file__).parent


def numbers(episode, rows, width, part):
    """Row t, entry i: 1000 part + 100 episode + t + i / 8."""
    return 1000 * part + 100 * episode + np.arange(rows)[:, None] + np.arange(width)[None, :] / 8


def flags(steps, last):
    values = np.zeros(steps, dtype=bool)
    values[-1:] = last
    return values


def minari_dict(path):
    """Minari's layout with Dict spaces by agent and a state: ragged, gzip, numpy bools, int64 attributes."""
    endings = {  # episode: steps, observations, terminated, truncated
        0: (25, 26, False, True),
        1: (30, 31, True, True),
        2: (0, 0, False, False),
        3: (1, 2, True, False),
        9: (22, 22, False, True),  # timed out, and nobody looked once more
        10: (20, 21, True, False),
    }
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["total_episodes"] = np.int64(len(endings))
        file.attrs["env_spec"] = '{"id": "Pulleys-v2"}'
        for index, (steps, seen, terminated, truncated) in endings.items():
            episode = file.create_group(f"episode_{index}")
            episode.attrs["id"] = np.int64(index)
            episode.attrs["total_steps"] = np.int64(steps)
            packed = {"compression": "gzip"} if index == 0 else {}
            episode.create_dataset("observations/left", data=numbers(index, seen, 2, 0), **packed)
            episode.create_dataset("observations/right", data=numbers(index, seen, 2, 1).astype("f4"), **packed)
            episode.create_dataset("observations/state", data=numbers(index, seen, 3, 2), **packed)
            episode.create_dataset("actions/left", data=numbers(index, steps, 1, 0).astype("f4") / 2000)
            episode.create_dataset("actions/right", data=-numbers(index, steps, 1, 0) / 2000)
            episode.create_dataset("rewards", data=numbers(index, steps, 1, 3)[:, 0])
            episode.create_dataset("terminations", data=flags(steps, terminated), **packed)
            episode.create_dataset("truncations", data=flags(steps, truncated))
            episode.create_dataset("infos/height", data=np.zeros(seen))


def tuples(path):
    """Tuple spaces, no state, a reward for each agent, whole numbers, names and units."""
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["task"] = "Cranes"
        file.attrs["action_low"], file.attrs["action_high"] = -200.0, np.int64(400)
        for index in (0, 1):
            episode = file.create_group(f"episode_{index}")
            for agent in (0, 1):
                seen = episode.create_dataset(
                    f"observations/_index_{agent}", data=numbers(index, 31, 2, agent).astype("i8")
                )
                seen.attrs["names"], seen.attrs["units"] = ["angle", "load"], ["rad", "kg"]
                episode.create_dataset(f"actions/_index_{agent}", data=numbers(index, 30, 1, 0).astype("i4"))
                episode.create_dataset(f"rewards/_index_{agent}", data=numbers(index, 30, 1, agent)[:, 0])
            episode.create_dataset("terminations", data=flags(30, False))
            episode.create_dataset("truncations", data=flags(30, True))


if __name__ == "__main__":
    minari_dict(HERE / "minari-dict.hdf5")
    tuples(HERE / "tuples.hdf5")
