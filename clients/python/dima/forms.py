"""How the agents' arrays are put together for one who acts for all of them."""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np

from .actions import joint_action, joint_array
from .errors import DimaError
from .model import Model
from .spaces import Box, ByAgent

FORMS = ("dict", "joint")


class DictForm:
    """Dictionaries by agent: [*batch, O] are seen, [*batch, A] are done."""

    def __init__(self, model: Model, *batch: int) -> None:
        self._model = model
        self._batch = batch
        # One for each agent: their samples are drawn apart.
        self.observation_space = ByAgent({one: model.observation_space(*batch) for one in model.agents})
        self.action_space = ByAgent({one: model.action_space(*batch) for one in model.agents})

    def observation(self, by_agent: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """The caller's own arrays."""
        return {agent: np.array(by_agent[agent], np.float32) for agent in self._model.agents}

    def actions(self, given: Any) -> np.ndarray:
        """[*batch, N, A] of a dictionary by agent, or of such an array. DimaError as joint_action."""
        model = self._model
        if isinstance(given, Mapping):
            return joint_action(given, model.agents, (*self._batch, model.action_size))
        return joint_array(given, (*self._batch, len(model.agents), model.action_size))


class JointForm:
    """One array, agents one after the other: [*batch, N * O] is seen, [*batch, N * A] is done."""

    def __init__(self, model: Model, *batch: int) -> None:
        self._model = model
        self._batch = batch
        self.observation_space = _side_by_side(model.observation_space(*batch), len(model.agents))
        self.action_space = _side_by_side(model.action_space(*batch), len(model.agents))

    def observation(self, by_agent: Mapping[str, np.ndarray]) -> np.ndarray:
        seen = [by_agent[agent] for agent in self._model.agents]
        return np.concatenate(seen, axis=-1, dtype=np.float32)

    def actions(self, given: Any) -> np.ndarray:
        """[*batch, N, A]. DimaError ``invalid_shape`` or ``not_finite``."""
        model = self._model
        N, A = len(model.agents), model.action_size
        return joint_array(given, (*self._batch, N * A)).reshape(*self._batch, N, A)


def form_of(name: str, model: Model, *batch: int) -> Any:
    """DimaError ``invalid_request`` for a name that is none of ``FORMS``."""
    if name not in FORMS:
        known = ", ".join(FORMS)
        raise DimaError("invalid_request", f"spaces is {name!r}, expected one of {known}")
    return (DictForm if name == "dict" else JointForm)(model, *batch)


def _side_by_side(space: Box, count: int) -> Box:
    low, high = (np.concatenate([bound] * count, axis=-1) for bound in (space.low, space.high))
    return Box(low, high, low.shape, space.dtype)
