"""Plans: model-predictive control through a served model."""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np

from .errors import DimaError
from .replies import with_arrays
from .starts import start_fields

_SEQUENCES = ("given", "pending_actions")
_LIMITS = ("low", "high", "previous")
_ARRAYS = ("actions", "mean", "std", "states", "ood")


def plan_fields(start: Any, options: Mapping[str, Any]) -> Dict[str, Any]:
    """The fields of a plan. Sizes are the server's to check. DimaError ``invalid_request`` or ``invalid_shape``."""
    fields = {name: value for name, value in options.items() if value is not None}
    if start is not None:
        fields["start"] = start_fields(start)
    for name in _SEQUENCES:
        if name in fields:
            fields[name] = _numbers(fields[name], name)
    if "constraints" in fields:
        fields["constraints"] = _constraints(fields["constraints"])
    if "warm_start" in fields:
        fields["warm_start"] = _warm(fields["warm_start"])
    return fields


def planned(reply: Dict[str, Any]) -> Dict[str, Any]:
    """The same with arrays: actions, mean and std [H, N, A], states [H, S], ood [H], first [A] by agent."""
    for name in _ARRAYS:
        if reply[name] is not None:
            reply[name] = np.asarray(reply[name])
    reply["first"] = {agent: np.asarray(own, np.float32) for agent, own in reply["first"].items()}
    warm = reply["warm_start"]
    reply["warm_start"] = {name: np.asarray(values, np.float32) for name, values in warm.items()}
    return with_arrays(reply)


def _constraints(given: Any) -> Dict[str, Any]:
    if not isinstance(given, Mapping):
        raise DimaError("invalid_request", "constraints is no dictionary")
    limits = {name: _numbers(given[name], f"constraints.{name}") for name in _LIMITS if name in given}
    change = given.get("max_change")
    if change is not None and np.ndim(change) > 0:
        limits["max_change"] = _numbers(change, "constraints.max_change")
    return {**given, **limits}


def _warm(given: Any) -> Dict[str, Any]:
    if not isinstance(given, Mapping) or "mean" not in given:
        raise DimaError("invalid_request", "warm_start is no dictionary with mean [H, N, A]")
    warm = {**given, "mean": _numbers(given["mean"], "warm_start.mean")}
    elites = given.get("elites")
    if elites is None or len(elites) == 0:
        warm.pop("elites", None)
        return warm
    return {**warm, "elites": _numbers(elites, "warm_start.elites")}


def _numbers(values: Any, field: str) -> np.ndarray:
    try:
        return np.asarray(values, np.float32)
    except (TypeError, ValueError):
        raise DimaError("invalid_shape", f"{field} is not an array of numbers") from None
