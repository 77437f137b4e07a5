"""A sampling plan: which noise levels a state is sampled at, and whose actions are visible at each.

joint        all agents visible, two levels by default
sequential   one agent at a time, in an order
progressive  agents revealed in an order, and kept visible
"""

from __future__ import annotations

from typing import Any, List, Mapping, NamedTuple, Sequence

import numpy as np

from .errors import wrong_field

PLANS = ("joint", "sequential", "progressive")


class Level(NamedTuple):
    """One evaluation of the denoiser: at a noise level, with some agents' actions visible."""

    sigma: float
    next: float
    visible: np.ndarray  # [N] of 0 and 1


def levels_of(model: Mapping[str, Any], plan: str, order: Sequence[int]) -> List[Level]:
    """By Karras' schedule. model: its manifest; order: agents, as many as levels or a divisor."""
    sampling, agents = model["sampling"], len(model["agents"])
    steps = sampling["jointSteps" if plan == "joint" else "sequentialSteps"]
    power = sampling["rho"]
    high, low = sampling["sigmaMax"] ** (1 / power), sampling["sigmaMin"] ** (1 / power)
    sigmas = [(high + i / max(steps - 1, 1) * (low - high)) ** power for i in range(steps)] + [0.0]
    if plan == "joint":
        visible = np.ones((steps, agents))
    else:
        visible = np.eye(agents)[np.repeat(order, steps // len(order))]
    if plan == "progressive":
        visible = np.maximum.accumulate(visible)
    return [Level(*level) for level in zip(sigmas, sigmas[1:], visible.astype(np.float32))]


def read_order(model: Mapping[str, Any], plan: str, order: Any) -> List[int]:
    """Agents by number; none where the plan shows all at once. model: its manifest.

    order  "ascending", "descending" (the default), or agents by name or number: each once, or for
           sequential each as often as it has a level. DimaError ``invalid_request``
    """
    names = [agent["name"] for agent in model["agents"]]
    agents = list(range(len(names)))
    if plan == "joint":
        if order is not None:
            message = "order has no meaning with joint, which shows all agents at once"
            raise wrong_field("invalid_request", "order", message, "nothing", order)
        return []
    if order is None or isinstance(order, str):
        if order not in (None, "ascending", "descending"):
            message = f"order is {order!r}, expected ascending, descending or a list of agents"
            raise wrong_field("invalid_request", "order", message, names, order)
        return agents if order == "ascending" else agents[::-1]
    listed = [names.index(entry) if entry in names else entry for entry in order]
    times = len(listed) // len(names)
    steps = model["sampling"]["sequentialSteps"]
    lengths = (len(names), steps) if plan == "sequential" else (len(names),)
    if len(listed) not in lengths or sorted(map(str, listed)) != sorted(map(str, agents * times)):
        message = f"order is no list of all of {', '.join(names)}, each as often"
        raise wrong_field("invalid_request", "order", message, names, list(order))
    return [int(agent) for agent in listed]
