"""The model's own policy: what it is shown, and for whom it acts in steps."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Union

import numpy as np

from .action_forms import ActionForm
from .actions import joint_action
from .errors import DimaError, wrong_field

Policy = Union[str, Mapping[str, Any]]
"""``"mean"`` or ``"sample"`` for all agents, or ``{"agents": [names], "mode": ...}`` for some."""

MODES = ("sample", "mean")


def policy_fields(policy: Policy) -> Dict[str, Any]:
    """As the server takes it. DimaError ``invalid_request``; agents are the server's to check."""
    if isinstance(policy, str) and policy in MODES:
        return {"mode": policy}
    if isinstance(policy, Mapping) and not set(policy) - {"agents", "mode"}:
        return {name: list(value) if name == "agents" else value for name, value in policy.items()}
    message = f'policy is neither "sample" nor "mean" nor a dictionary of agents and mode: {policy!r}'
    raise wrong_field("invalid_request", "policy", message, list(MODES), type(policy).__name__)


def step_fields(
    actions: Any, policy: Optional[Policy], forms: Mapping[str, ActionForm], *batch: int
) -> Dict[str, Any]:
    """The actions of a step as one array, and who acts by the policy.

    actions  by agent; with a policy only of the others, and None for nobody
    forms    agent -> ActionForm, in the order of the model
    batch    nothing for one environment, E for E of them
    """
    agents = list(forms)
    if policy is None:
        return {"actions": joint_action(actions, forms, *batch)}
    chosen = policy_fields(policy)
    given = {} if actions is None else actions
    acting = [agent for agent in agents if agent in chosen.get("agents", agents)]
    if isinstance(given, Mapping):
        twice = next((agent for agent in acting if agent in given), None)
        if twice is not None:
            message = f"actions.{twice} is given, but the policy acts for {twice}"
            raise wrong_field("invalid_request", f"actions.{twice}", message, "nothing", "an action")
        # What stands for them does not matter.
        given = {**given, **{agent: forms[agent].rest(*batch) for agent in acting}}
    return {"actions": joint_action(given, forms, *batch), "policy": chosen}


def act_fields(observations: Any, **options: Any) -> Dict[str, Any]:
    """The fields of an act message. DimaError ``invalid_request`` or ``invalid_shape``."""
    if not isinstance(observations, Mapping):
        given = type(observations).__name__
        message = f"observations is no dictionary by agent but a {given}"
        raise wrong_field("invalid_request", "observations", message, "dict", given)
    seen = {agent: _array(values, f"observations.{agent}") for agent, values in observations.items()}
    chosen = {name: value for name, value in options.items() if value is not None}
    return {"observations": seen, **chosen}


def _array(values: Any, field: str) -> np.ndarray:
    try:
        return np.asarray(values, np.float32)
    except (TypeError, ValueError):
        raise DimaError("invalid_shape", f"{field} is not an array of numbers") from None
