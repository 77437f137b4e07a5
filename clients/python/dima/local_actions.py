"""What a policy's mean and deviation become, as a server draws it: numbers inside their bounds, and choices, one-hot."""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np

# Numerical Recipes' fit of erfc (6.2, erfcc), within 1.2e-7 of itself.
_FIT = (
    *(-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806),
    *(0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277),
)


def actions_of(
    model: Mapping[str, Any], mean: np.ndarray, std: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """[B, N, A] of a model's manifest. ``noise`` is standard normal; zeros: the mean, and the
    likeliest option of each choice. 0 where an agent has no motor."""
    action = mean.astype(np.float64) + std * noise.astype(np.float64)
    action = np.clip(action, model["action"]["low"], model["action"]["high"])
    for n, agent in enumerate(model["agents"]):
        motors, choices = len(agent["actuators"]), agent.get("choices", ())
        action[:, n, motors:] = 0
        start = motors - sum(choices)
        for options in choices:
            own = (slice(None), n, slice(start, start + options))
            with np.errstate(divide="ignore"):  # of an option that is never taken
                scores = np.log(mean[own].astype(np.float64)) + _gumbel(noise[own])
            action[own] = np.eye(options)[scores.argmax(axis=-1)]
            start += options
    return action


def seen_by_agent(model: Mapping[str, Any], seen: np.ndarray) -> Dict[str, np.ndarray]:
    """[B, H, N, O] to what each agent itself observes, [B, H, O]."""
    agents = enumerate(model["agents"])
    return {agent["name"]: seen[:, :, n, : agent.get("observed")] for n, agent in agents}


def _gumbel(noise: np.ndarray) -> np.ndarray:
    """Gumbel noise of standard normal noise, by the quantile: -ln(-ln P(z))."""
    z = noise.astype(np.float64)
    x = np.abs(z) / np.sqrt(2)
    t = 1 / (1 + x / 2)
    tail = t * np.exp(-x * x + np.polynomial.polynomial.polyval(t, _FIT)) / 2
    return -np.log(np.where(z < 0, -np.log(tail), -np.log1p(-tail)))
