"""From a user's factory to N copies that step together."""

from __future__ import annotations

import contextlib
import inspect
from typing import Any, Callable, Dict, List, Mapping, Optional

from .errors import BridgeError
from .guarded import guarded
from .gymnasium_vector import GymnasiumVector
from .pettingzoo_copies import PettingZooCopies

Maker = Callable[..., Any]


def make_vector_env(
    maker: Maker, num_envs: int, seed: Optional[int], options: Any, declared: Mapping[str, Any]
) -> Any:
    """Calls ``maker`` and wraps what it gives.

    A maker with a parameter ``num_envs`` is called once and gives all copies; one without is called
    once a copy, unless what it gives first says itself that it has N. A parameter ``seed`` gets the
    seed of ``make``. Options become keyword arguments.
    """
    call = _Call(maker, options)
    made: List[Any] = []
    try:
        if "num_envs" in call.parameters:
            made.append(call(seed, num_envs=num_envs))
        else:
            _make_copies(call, made, num_envs, seed)
        return _adapted(made, num_envs, declared)
    except BaseException:
        for env in made:
            with contextlib.suppress(BridgeError):
                guarded("close", getattr(env, "close", lambda: None))
        raise


def _make_copies(call: "_Call", made: List[Any], num_envs: int, seed: Optional[int]) -> None:
    made.append(call(seed))
    if getattr(made[0], "num_envs", None) is not None:
        return
    _check_parallel(made[0])
    for copy in range(1, num_envs):
        made.append(call(None if seed is None else seed + copy))


class _Call:
    """A maker with the options of a client, which it must know."""

    def __init__(self, maker: Maker, options: Any) -> None:
        self._maker = maker
        self.parameters = _parameters(maker)
        if not isinstance(options, dict) or not all(isinstance(name, str) for name in options):
            raise BridgeError("invalid_request", "options is no map with text keys")
        self._options = options
        any_name = any(kind is inspect.Parameter.VAR_KEYWORD for kind in self.parameters.values())
        own = [name for name in self.parameters if name not in ("num_envs", "seed")]
        for name in options:
            if name in ("num_envs", "seed") or not (any_name or name in own):
                known = ", ".join(own) or "none"
                raise BridgeError("invalid_request", f"there is no option {name!r}; known: {known}")

    def __call__(self, seed: Optional[int], **given: Any) -> Any:
        if "seed" in self.parameters and seed is not None:
            given["seed"] = seed
        return guarded("make", lambda: self._maker(**dict(self._options, **given)))


def _parameters(maker: Maker) -> Dict[str, Any]:
    try:
        return {name: p.kind for name, p in inspect.signature(maker).parameters.items()}
    except (TypeError, ValueError):  # some built-in callables have none
        return {}


def _adapted(made: List[Any], num_envs: int, declared: Mapping[str, Any]) -> Any:
    env = made[0]
    if hasattr(env, "num_envs"):
        if env.num_envs != num_envs:
            message = f"the environment has {env.num_envs} copies, not {num_envs}: ask for as many"
            raise BridgeError("unsupported", message)
        if hasattr(env, "single_action_space"):
            return guarded("make", lambda: GymnasiumVector(env, **declared))
        _check_vector(env, declared)
        return env
    _check_parallel(env)
    return guarded("make", lambda: PettingZooCopies(made, **declared))


def _check_parallel(env: Any) -> None:
    if hasattr(env, "possible_agents") and callable(getattr(env, "step", None)):
        return
    kind = type(env).__name__
    single = hasattr(env, "action_space") and not callable(env.action_space)
    hint = ": put it into a Gymnasium vector environment" if single else ""
    raise BridgeError(
        "unsupported",
        f"{kind} is no PettingZoo parallel environment, no Gymnasium vector environment and no "
        f"VectorEnv{hint}",
    )


def _check_vector(env: Any, declared: Mapping[str, Any]) -> None:
    needed = ("possible_agents", "observation_spaces", "action_spaces", "reset", "step", "close")
    missing = [name for name in needed if not hasattr(env, name)]
    if missing:
        message = f"{type(env).__name__} is no VectorEnv: it has no {', '.join(missing)}"
        raise BridgeError("unsupported", message)
    if declared:
        message = f"{', '.join(declared)} can't be given to serve: a VectorEnv says it itself"
        raise BridgeError("unsupported", message)
