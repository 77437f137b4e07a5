"""What the bridge serves: N copies of an environment that step together."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np

AUTORESET_MODES = ("disabled", "next_step", "same_step", "next_step_acted")


class Observed(NamedTuple):
    """What is seen after a reset, of all N copies."""

    observations: Dict[str, Any]
    """agent -> [N, o]"""
    state: Any = None
    """[N, s], or None where there is no ``state_space``"""


class Final(NamedTuple):
    """Under ``same_step``: how the K episodes ended that a step has left behind."""

    index: Any
    """[K], copies, ascending"""
    observations: Dict[str, Any]
    """agent -> [K, o]"""
    state: Any = None
    """[K, s]"""


class Stepped(NamedTuple):
    """What one step of all N copies gives."""

    observations: Dict[str, Any]
    """agent -> [N, o]"""
    rewards: Any
    """[N] when ``reward`` is "shared", agent -> [N] when it is "per_agent" """
    terminated: Any
    """[N] bool: the task itself ended the episode"""
    truncated: Any
    """[N] bool: a time limit cut it. Where both are true, terminated counts"""
    state: Any = None
    """[N, s]"""
    final: Optional[Final] = None
    info: Optional[Dict[str, Any]] = None
    """name -> numbers [N, ...], passed on; never needed"""


class VectorEnv:
    """Derive from it, or write anything with the same attributes and methods.

    num_envs            N
    possible_agents     names, in a fixed order. All begin and end together
    observation_spaces  agent -> Space, or a Box of Gymnasium's
    action_spaces       the same, of floats; choices (Discrete, MultiDiscrete) arrive one-hot
    state_space         of the global state, or None
    reward              "shared" or "per_agent"
    autoreset           what happens to a copy whose episode has ended:
        "disabled"        nothing until it is reset by mask
        "next_step"       its next step resets it, ignores its action and gives reward 0
        "same_step"       the step that ends it resets it; ``Stepped.final`` has its last rows
        "next_step_acted" its next step resets it and then applies its action (Bi-DexHands)
    subset_reset        whether reset takes a mask
    max_steps           steps after which an episode is truncated; 0: not known
    deterministic       whether the same seeds and actions give the same numbers, to the last bit
    dt                  seconds of a step; 0: not known

    All of it is read once, after the environment was made. Arrays may be NumPy's, torch's or lists.
    They may be used again for the next step: they are sent before it. One thread calls everything.
    """

    num_envs: int
    possible_agents: List[str]
    observation_spaces: Dict[str, Any]
    action_spaces: Dict[str, Any]
    state_space: Any = None
    reward = "shared"
    autoreset = "disabled"
    subset_reset = False
    max_steps = 0
    deterministic = False
    dt = 0.0

    def reset(
        self, seeds: Optional[Sequence[int]] = None, mask: Optional[np.ndarray] = None
    ) -> Observed:
        """Begins episodes.

        seeds  [N], where the random streams start afresh; None: they go on
        mask   [N] bool, which copies; None: all. Rows of the others are returned as they were
        """
        raise NotImplementedError

    def step(self, actions: Dict[str, np.ndarray]) -> Stepped:
        """Advances all copies.

        actions  agent -> [N, a], finite, of the action space's dtype; may be written to
        """
        raise NotImplementedError

    def render(self, copy: int) -> Any:
        """A picture [height, width, 3] of bytes. NotImplementedError where there are none."""
        raise NotImplementedError

    def close(self) -> None:
        """Frees what the environment holds."""
