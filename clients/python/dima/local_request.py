"""What a local rollout is asked for, checked as a server checks it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import DimaError, wrong_field
from .levels import PLANS, read_order
from .starts import start_fields

SEEING = ("exact", "decoded")
_MOST_SEED = 2**32 - 1


@dataclass
class Request:
    """B rows, H steps, L states of context, N agents, A action, S state."""

    states: np.ndarray  # [B, L, S] environment units, padded at the front
    past: np.ndarray  # [B, L-1, N, A] the actions between them
    lengths: np.ndarray  # [B] real states
    actions: np.ndarray  # [B, H, N, A] float32, inside their bounds; a copy
    seed: int
    plan: str
    order: List[int]
    exact: bool  # observations
    acting: np.ndarray  # [N] for whom the policy acts
    sampled: bool  # its actions; else their means

    @property
    def policy(self) -> bool:
        return bool(self.acting.any())


def read_request(
    model: Mapping[str, Any],
    starts: Any,
    actions: Any = None,
    *,
    seed: Optional[int] = None,
    plan: Optional[str] = None,
    order: Any = None,
    observations: Optional[str] = None,
    policy: Optional[Mapping[str, Any]] = None,
    horizon: Optional[int] = None,
) -> Request:
    """model: its manifest. DimaError ``invalid_request``, ``invalid_shape``, ``not_finite``,
    ``no_policy``, ``unknown_agent``; each names the field."""
    plan = _one_of("plan", plan or model["sampling"]["defaultPlan"], PLANS)
    offered = SEEING if model.get("perceives") else SEEING[1:]
    acting, sampled = _policy(model, policy)
    given = _starts(starts)
    if actions is None and acting.all():
        actions = np.zeros((len(given), _horizon(model, horizon), *_joint(model)))
    taken = _actions(model, actions)
    _check_choices(model, taken, acting)
    states, past, lengths = _windows(model, given, len(taken))
    return Request(
        states=states,
        past=past,
        lengths=lengths,
        actions=taken,
        seed=secrets.randbits(32) if seed is None else _integer("seed", seed, 0, _MOST_SEED),
        plan=plan,
        order=read_order(model, plan, order),
        exact=_one_of("observations", observations or offered[0], offered) == "exact",
        acting=acting,
        sampled=sampled,
    )


def _check_choices(model: Mapping[str, Any], actions: np.ndarray, acting: np.ndarray) -> None:
    """Of whom no policy acts for: [B, H, N, A]."""
    for n, agent in enumerate(model["agents"]):
        start = len(agent["actuators"]) - sum(agent.get("choices", ()))
        for options in () if acting[n] else agent.get("choices", ()):
            own = actions[..., n, start : start + options]
            if not (((own == 0) | (own == 1)).all() and (own.sum(axis=-1) == 1).all()):
                message = f"actions of {agent['name']}: one of {options} options has to be 1, the others 0"
                raise DimaError("action_out_of_range", message)
            start += options


def _joint(model: Mapping[str, Any]) -> Tuple[int, int]:
    """N, A"""
    return len(model["agents"]), model["action"]["dimension"]


def _starts(starts: Any) -> List[Any]:
    if isinstance(starts, np.ndarray):
        return [{"states": state[None]} for state in np.atleast_2d(starts)]
    return [starts] if isinstance(starts, Mapping) else list(starts)


def _actions(model: Mapping[str, Any], actions: Any) -> np.ndarray:
    if actions is None:
        raise wrong_field("invalid_request", "actions", "actions is missing", "array", "nothing")
    joint = _joint(model)
    taken = _numbers("actions", actions, np.float32)
    if taken.ndim != 4 or taken.shape[2:] != joint or not 1 <= taken.shape[1] <= model["horizon"]:
        expected = ["B", f"1..{model['horizon']}", *joint]
        raise _wrong_shape("actions", taken, expected)
    return _inside(model, taken)


def _windows(model: Mapping[str, Any], starts: Sequence[Any], rows: int) -> Tuple[Any, Any, Any]:
    if len(starts) not in (1, rows):
        message = f"starts has {len(starts)} entries, expected 1 or {rows} as actions has"
        raise wrong_field("invalid_shape", "starts", message, [1, rows], len(starts))
    most, width = model["context"], len(model["state"])
    states = np.zeros((len(starts), most, width))
    past = np.zeros((len(starts), most - 1, *_joint(model)), np.float32)
    lengths = np.empty(len(starts), np.int64)
    for row, start in enumerate(starts):
        window, between = _window(model, start, f"starts[{row}]")
        lengths[row] = len(window)
        states[row, most - len(window) :] = window
        past[row, most - len(window) :] = between
    if len(starts) == rows:
        return states, past, lengths
    return tuple(np.repeat(values, rows, axis=0) for values in (states, past, lengths))


def _window(model: Mapping[str, Any], start: Any, field: str) -> Tuple[np.ndarray, np.ndarray]:
    """[l, S] and [l-1, N, A]"""
    fields = start_fields(start, field)
    states = _numbers(f"{field}.states", fields["states"], np.float64)
    width = len(model["state"])
    if states.ndim != 2 or states.shape[1] != width or not 1 <= len(states) <= model["context"]:
        raise _wrong_shape(f"{field}.states", states, [f"1..{model['context']}", width])
    shape = (len(states) - 1, *_joint(model))
    between = _numbers(f"{field}.actions", fields.get("actions", ()), np.float32)
    if between.size == 0:
        between = between.reshape(0, *shape[1:])
    if between.shape != shape:
        raise _wrong_shape(f"{field}.actions", between, list(shape))
    return states, _inside(model, between)


def _inside(model: Mapping[str, Any], actions: np.ndarray) -> np.ndarray:
    """[..., N, A] within its bounds, and 0 where an agent has no motor."""
    low, high = (np.float32(model["action"][bound]) for bound in ("low", "high"))
    motors = np.array([len(agent["actuators"]) for agent in model["agents"]])
    padding = np.arange(actions.shape[-1]) >= motors[:, None]
    return np.where(padding, np.float32(0), np.clip(actions, low, high))


def _policy(model: Mapping[str, Any], policy: Any) -> Tuple[np.ndarray, bool]:
    """For whom it acts [N], and whether its actions are drawn."""
    names = [agent["name"] for agent in model["agents"]]
    if policy is None:
        return np.zeros(len(names), bool), False
    if not isinstance(policy, Mapping) or set(policy) - {"agents", "mode"}:
        raise DimaError("invalid_request", 'policy is no dictionary of "agents" and "mode"')
    if "policy" not in model["graphs"]:
        raise DimaError("no_policy", f"{model['name']} has no policy")
    agents = policy.get("agents", names)
    for i, agent in enumerate(agents):
        if agent not in names:
            message = f"policy.agents[{i}] is no agent of this model"
            raise wrong_field("unknown_agent", f"policy.agents[{i}]", message, names, agent)
    sampled = _one_of("policy.mode", policy.get("mode", "sample"), ("sample", "mean")) == "sample"
    return np.array([name in agents for name in names]), sampled


def _horizon(model: Mapping[str, Any], horizon: Any) -> int:
    if horizon is None:
        message = "horizon is missing: there are no actions to tell it"
        raise wrong_field("invalid_request", "horizon", message, "integer", "nothing")
    return _integer("horizon", horizon, 1, model["horizon"])


def _integer(field: str, given: Any, least: int, most: int) -> int:
    if isinstance(given, (int, np.integer)) and least <= given <= most:
        return int(given)
    message = f"{field} is {given!r}, expected an integer from {least} to {most}"
    raise wrong_field("invalid_request", field, message, [least, most], given)


def _one_of(field: str, given: Any, known: Sequence[str]) -> str:
    if given in known:
        return given
    message = f"{field} is {given!r}, expected one of {', '.join(known)}"
    raise wrong_field("invalid_request", field, message, list(known), given)


def _numbers(field: str, values: Any, dtype: Any) -> np.ndarray:
    try:
        array = np.asarray(values, dtype)
    except (TypeError, ValueError):
        message = f"{field} is not one array of numbers"
        raise wrong_field("invalid_shape", field, message, "array", type(values).__name__) from None
    if not np.isfinite(array).all():
        place = field + "".join(f"[{i}]" for i in np.argwhere(~np.isfinite(array))[0])
        number = float(array[~np.isfinite(array)][0])
        raise wrong_field("not_finite", place, f"{place} is {number}", "a finite number", number)
    return array


def _wrong_shape(field: str, given: np.ndarray, expected: List[Any]) -> DimaError:
    shape = list(given.shape)
    message = f"{field} has shape {shape}, expected {expected}"
    return wrong_field("invalid_shape", field, message, expected, shape)
