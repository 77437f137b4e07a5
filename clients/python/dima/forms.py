"""How the agents' arrays are put together for one who acts for all of them."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Sequence

import numpy as np

from .actions import joint_action, joint_array
from .choices import choice_space
from .errors import DimaError, wrong_field
from .model import Model
from .spaces import Box, ByAgent

FORMS = ("dict", "joint")


class DictForm:
    """Dictionaries by agent: [*batch, O] are seen, [*batch, A] are done."""

    def __init__(self, model: Model, *batch: int) -> None:
        self._model = model
        self._batch = batch
        # One for each agent: their samples are drawn apart.
        agents = model.agents
        self.observation_space = ByAgent({one: model.observation_space(one, *batch) for one in agents})
        self.action_space = ByAgent({one: model.action_space(one, *batch) for one in agents})

    def observation(self, by_agent: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """The caller's own arrays."""
        return {agent: np.array(by_agent[agent], np.float32) for agent in self._model.agents}

    def actions(self, given: Any) -> np.ndarray:
        """[*batch, N, A] of a dictionary by agent, or of such an array. DimaError as joint_action."""
        model = self._model
        if isinstance(given, Mapping):
            return joint_action(given, model.forms, *self._batch)
        return joint_array(given, (*self._batch, len(model.agents), model.action_size))


class JointForm:
    """One array, agents one after the other: [*batch, N * O] is seen, [*batch, N * A] is done.

    Of agents with choices alone it is MultiDiscrete, of a single choice Discrete. DimaError
    ``invalid_request`` where there are numbers beside choices.
    """

    def __init__(self, model: Model, *batch: int) -> None:
        self._model = model
        self._batch = batch
        self._forms = [model.forms[agent] for agent in model.agents]
        self.observation_space = _side_by_side(
            [model.observation_space(agent, *batch) for agent in model.agents]
        )
        self._choices = tuple(options for form in self._forms for options in form.choices)
        if not self._choices:
            self.action_space = _side_by_side([form.space(*batch) for form in self._forms])
        elif any(form.numbers for form in self._forms):
            message = "one action space for all has no place for numbers beside choices"
            raise DimaError("invalid_request", message, hint='Choose spaces="dict".')
        else:
            self.action_space = choice_space(self._choices, *batch)

    def observation(self, by_agent: Mapping[str, np.ndarray]) -> np.ndarray:
        seen = [by_agent[agent] for agent in self._model.agents]
        return np.concatenate(seen, axis=-1, dtype=np.float32)

    def actions(self, given: Any) -> np.ndarray:
        """[*batch, N, A]. DimaError ``invalid_shape``, ``not_finite``, ``action_out_of_range``."""
        own = [len(form.choices) or form.numbers for form in self._forms]
        array = self._array(given, sum(own))
        parts = np.split(array, np.cumsum(own)[:-1], axis=-1)
        rows = [form.row(part, self._batch, "actions") for form, part in zip(self._forms, parts)]
        return np.stack(rows, axis=-2)

    def _array(self, given: Any, size: int) -> np.ndarray:
        if not self._choices:
            return joint_array(given, (*self._batch, size))
        array = np.asarray(given)
        array = array[..., None] if len(self._choices) == 1 and array.shape == self._batch else array
        shape = (*self._batch, size)
        if array.shape == shape:
            return array
        message = f"actions has shape {list(array.shape)}, expected {list(shape)}"
        raise wrong_field("invalid_shape", "actions", message, list(shape), list(array.shape))


def form_of(name: str, model: Model, *batch: int) -> Any:
    """DimaError ``invalid_request`` for a name that is none of ``FORMS``."""
    if name not in FORMS:
        known = ", ".join(FORMS)
        raise DimaError("invalid_request", f"spaces is {name!r}, expected one of {known}")
    return (DictForm if name == "dict" else JointForm)(model, *batch)


def _side_by_side(spaces: Sequence[Box]) -> Box:
    low, high = (
        np.concatenate([getattr(space, side) for space in spaces], axis=-1)
        for side in ("low", "high")
    )
    return Box(low, high, low.shape, spaces[0].dtype)
