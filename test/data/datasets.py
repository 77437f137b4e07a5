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


SHAPES = {  # name: shape, largest shape, chunk, what is written in part
    "single": ((4,), None, (4,), slice(0, 0)),
    "fixed": ((20, 3), None, (3, 2), slice(5, None)),
    "pages": ((1200,), None, (1,), slice(1100, None)),
    "extensible": ((120,), (None,), (1,), slice(2, 90)),
    "extensible_pages": ((140_000,), (None,), (1,), slice(139_990, None)),
    "tree": ((30, 20), (None, None), (2, 2), slice(8, None)),
}


def storage(path, libver):
    """Datasets by the way they are stored: written, in part, not at all. "chunks": how many chunks are there."""
    with h5py.File(path, "w", libver=libver) as file:
        file["contiguous/all"] = np.zeros(3)
        file.create_dataset("contiguous/none", shape=(3,), dtype="f8")
        file["linked"] = h5py.SoftLink("/contiguous/all")
        for name, (shape, most, chunk, part) in SHAPES.items():
            for packed in (None, "gzip") if libver == "latest" else (None,):
                group = file.create_group(name + ("_gzip" if packed else ""))
                for written in ("all", "part", "none"):
                    if written == "all" and len(shape) == 1 and shape[0] > 10_000:
                        continue  # of a million bytes
                    table = group.create_dataset(written, shape, "i1", maxshape=most, chunks=chunk, compression=packed)
                    if written == "all":
                        table[...] = 0
                    if written == "part":
                        table[part] = 0
        file["elsewhere/gone"] = h5py.ExternalLink("gone.hdf5", "/numbers")
        file["elsewhere/beside"] = h5py.ExternalLink("tuples.hdf5", "/episode_0/terminations")
        file["elsewhere/around"] = h5py.SoftLink("/elsewhere/beside")
        file.create_dataset("elsewhere/raw", (2,), "f8", external=[("gone.bin", 0, h5py.h5f.UNLIMITED)])
        if libver == "latest":
            layout = h5py.VirtualLayout((5,), "f8")
            layout[:] = h5py.VirtualSource("gone.hdf5", "numbers", (5,))
            file.create_virtual_dataset("elsewhere/virtual", layout)
    with h5py.File(path, "r+", libver=libver) as file:
        for name in [key for key in file if key not in ("contiguous", "linked", "elsewhere")]:
            for table in file[name].values():
                table.attrs["chunks"] = table.id.get_num_chunks()


def unwritten(path):
    """Two agents, four episodes; of one nothing was written but the names of its arrays."""
    with h5py.File(path, "w") as file:
        for index in range(4):
            episode = file.create_group(f"episode_{index}")
            for agent in "ab":
                if (index, agent) == (2, "a"):
                    episode.create_dataset("observations/a", (5, 2), "f8")
                else:
                    episode[f"observations/{agent}"] = numbers(index, 5, 2, 0)
                episode[f"actions/{agent}"] = np.zeros((4, 1))
            episode["rewards"] = np.ones(4)
            episode["terminations"], episode["truncations"] = flags(4, False), flags(4, True)


if __name__ == "__main__":
    minari_dict(HERE / "minari-dict.hdf5")
    tuples(HERE / "tuples.hdf5")
    unwritten(HERE / "unwritten.hdf5")
    for libver in ("earliest", "latest"):
        storage(HERE / f"storage-{libver}.hdf5", libver)
