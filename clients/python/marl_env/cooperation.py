"""Agents that begin and end together, read off dictionaries by agent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Sequence, Tuple

from .errors import BridgeError
from .results import one_flag


def joint_end(
    copy: int, alive: Sequence[str], agents: Sequence[str], flags: Sequence[Any]
) -> Tuple[bool, bool]:
    """Whether a copy terminated and whether it was truncated, never both.

    alive  the agents that go on, as the environment says
    flags  terminations and truncations, agent -> bool

    BridgeError ``env_failed`` names an agent that leaves before the others.
    """
    terminated, truncated = (
        {agent: _flag(by_agent, agent, what, copy) for agent in agents}
        for by_agent, what in zip(flags, ("termination", "truncation"))
    )
    gone = [agent for agent in agents if terminated[agent] or truncated[agent]]
    staying = [agent for agent in agents if agent not in gone]
    if gone and staying:
        raise uncooperative(f"{gone[0]} left while {staying[0]} goes on", copy)
    for agent in staying:
        if agent not in alive:
            raise uncooperative(f"{agent} left agents without an end of its episode", copy)
    ended = any(terminated.values())
    return ended, bool(gone) and not ended


def _flag(by_agent: Any, agent: str, what: str, copy: int) -> bool:
    return one_flag(pick(by_agent, agent, what, copy), f"the {what} of {agent} in copy {copy}")


def pick(by_agent: Any, agent: str, what: str, copy: int) -> Any:
    """What a dictionary has for an agent. BridgeError ``env_failed``."""
    if not isinstance(by_agent, Mapping) or agent not in by_agent:
        raise BridgeError("env_failed", f"copy {copy}: there is no {what} for {agent}")
    return by_agent[agent]


def uncooperative(message: str, copy: int) -> BridgeError:
    return BridgeError(
        "env_failed", f"copy {copy}: {message}; only agents that begin and end together are served"
    )
