"""Joint actions, checked before they are sent."""

from __future__ import annotations

from typing import Any, Mapping, Sequence, Tuple

import numpy as np

from .errors import DimaError, wrong_field


def joint_action(actions: Any, forms: Mapping[str, Any], *batch: int) -> np.ndarray:
    """Actions by agent as one array of rows: [*batch, N, A].

    forms  agent -> ActionForm, in the order of the model
    batch  nothing for one environment, E for E of them

    DimaError ``invalid_request`` for a missing agent, ``unknown_agent``, ``invalid_shape``,
    ``not_finite``, ``action_out_of_range`` for an option that there is not; each names the agent.
    """
    if not isinstance(actions, Mapping):
        given = type(actions).__name__
        message = f"actions is no dictionary by agent but a {given}"
        raise wrong_field("invalid_request", "actions", message, "dict", given)
    for agent in actions:
        if agent not in forms:
            raise _unknown(agent, list(forms))
    return np.stack([_action(actions, agent, form, batch) for agent, form in forms.items()], axis=-2)


def joint_array(actions: Any, shape: Tuple[int, ...]) -> np.ndarray:
    """An array of all actions at once. DimaError ``invalid_shape`` or ``not_finite``."""
    return numbers_of(actions, shape, "actions")


def _action(
    actions: Mapping[str, Any], agent: str, form: Any, batch: Tuple[int, ...]
) -> np.ndarray:
    if agent not in actions:
        message = f"the action of {agent} is missing"
        raise wrong_field("invalid_request", f"actions.{agent}", message, "array", "nothing")
    return form.row(actions[agent], batch, f"actions.{agent}")


def numbers_of(values: Any, shape: Tuple[int, ...], field: str) -> np.ndarray:
    """float32 of ``shape``. DimaError ``invalid_shape`` or ``not_finite`` naming ``field``."""
    try:
        array = np.asarray(values, np.float32)
    except (TypeError, ValueError):
        given = type(values).__name__
        message = f"{field} is not an array of numbers"
        raise wrong_field("invalid_shape", field, message, list(shape), given) from None
    if array.shape != shape:
        message = f"{field} has shape {list(array.shape)}, expected {list(shape)}"
        raise wrong_field("invalid_shape", field, message, list(shape), list(array.shape))
    if not np.isfinite(array).all():
        place = "".join(f"[{i}]" for i in np.argwhere(~np.isfinite(array))[0])
        number = float(array[~np.isfinite(array)][0])
        message = f"{field}{place} is {number}"
        raise wrong_field("not_finite", field + place, message, "a finite number", number)
    return array


def _unknown(agent: Any, agents: Sequence[str]) -> DimaError:
    if not agents:
        return DimaError("unknown_agent", f"{agent} does not act: the episode is over")
    message = f"{agent} is no agent of this environment, which has {', '.join(agents)}"
    return wrong_field("unknown_agent", f"actions.{agent}", message, list(agents), agent)
