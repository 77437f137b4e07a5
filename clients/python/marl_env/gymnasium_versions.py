"""What the versions of Gymnasium from 0.28 to 1.x do in different ways."""

from __future__ import annotations

import sys
from typing import Any, Mapping, Optional, Sequence

import numpy as np

from .errors import BridgeError
from .results import as_numpy

_MODES = {"disabled": "disabled", "nextstep": "next_step", "samestep": "same_step"}


def autoreset_mode(env: Any, given: Optional[str]) -> str:
    """As given; else as the environment or its version tells. BridgeError ``unsupported``."""
    mode = given or _told(env)
    # Gymnasium's enumeration, its value, or our own spelling
    spelled = str(getattr(mode, "value", mode)).lower().replace("_", "")
    if spelled not in _MODES:
        known = ", ".join(_MODES.values())
        raise BridgeError("unsupported", f"autoreset is {mode!r}, expected {known}")
    return _MODES[spelled]


def batch_seed(seeds: Optional[Sequence[int]]) -> Any:
    """One integer s where copies get s + e: some environments take nothing else."""
    if seeds is None:
        return None
    numbers = [int(seed) for seed in seeds]
    counted = list(range(numbers[0], numbers[0] + len(numbers)))
    return numbers[0] if numbers == counted else numbers


def final_rows(infos: Mapping[str, Any], index: np.ndarray) -> np.ndarray:
    """Last observations [K, ...] of the copies that ended: ``final_obs`` since Gymnasium 1.0,
    ``final_observation`` before. BridgeError ``env_failed``."""
    rows = infos.get("final_obs", infos.get("final_observation"))
    missing = [copy for copy in index.tolist() if rows is None or rows[copy] is None]
    if missing:
        raise BridgeError(
            "env_failed",
            f"autoreset is same_step, but infos have no final observation of copy {missing[0]}",
        )
    return np.stack([as_numpy(rows[copy], "a final observation") for copy in index])


def _told(env: Any) -> Any:
    """metadata["autoreset_mode"] (Gymnasium 1.1 and later), or what a version has always done."""
    told = (getattr(env, "metadata", None) or {}).get("autoreset_mode")
    if told is not None:
        return told
    version = getattr(sys.modules.get("gymnasium"), "__version__", None)
    if version is None:
        raise BridgeError(
            "unsupported",
            "how copies are reset is not known: give autoreset to serve (--autoreset)",
        )
    return "same_step" if version.startswith("0.") else "next_step"
