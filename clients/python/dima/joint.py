"""One remote session as a Gymnasium environment: one agent acts for all."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple

import numpy as np

from .drawing.painter import RENDER_MODES
from .env import RemoteParallelEnv
from .forms import form_of
from .gymnasium_base import Env
from .seeds import Seeded, SeedStream

Infos = Dict[str, Any]


class RemoteJointEnv(Seeded, Env):
    """What `gymnasium.make("dima/RemoteModel-v0", url=...)` makes.

    ``observation_space`` [N * O] and ``action_space`` [N * A] are those of the agents one after the
    other. The reward is the team's.

    url, model  and all else as for RemoteParallelEnv, whose words on lost sockets, idle sessions and
                copies hold too; it is ``env.unwrapped.parallel``, with ``snapshot()``, ``state()``

    A ``gymnasium.Env`` where Gymnasium is installed, and the same without.
    """

    metadata: Dict[str, Any] = {"render_modes": RENDER_MODES}

    def __init__(
        self, url: str = "ws://127.0.0.1:8080", model: Optional[str] = None, **options: Any
    ) -> None:
        """Connects. DimaError as for RemoteParallelEnv."""
        self.parallel = RemoteParallelEnv(url, model, **options)
        self._form = form_of("joint", self.parallel.model)
        self.observation_space = self._form.observation_space
        self.action_space = self._form.action_space
        self.metadata = self.parallel.metadata
        self.render_mode = self.parallel.render_mode

    def reset(
        self, *, seed: Optional[int] = None, options: Optional[Mapping[str, Any]] = None
    ) -> Tuple[np.ndarray, Infos]:
        """Begins an episode: the observation [N * O], and infos as RemoteParallelEnv has them of one
        agent, but for ``step_id``: that counts on over episodes, and checkers of seeds compare infos."""
        observations, infos = self.parallel.reset(seed=seed, options=options)
        return self._form.observation(observations), self._info(infos)

    def step(self, action: Any) -> Tuple[np.ndarray, float, bool, bool, Infos]:
        """Takes an action [N * A]: observation [N * O], reward, terminated, truncated, infos.

        DimaError ``not_reset``, ``episode_over``, ``invalid_shape``, ``not_finite``, and others of
        the server.
        """
        given = self._form.actions(action)  # [N, A]
        results = self.parallel._take({"actions": given})
        observations, rewards, terminations, truncations, infos = results
        return (
            self._form.observation(observations),
            self._of_team(rewards),
            self._of_team(terminations),
            self._of_team(truncations),
            self._info(infos),
        )

    def render(self) -> np.ndarray:
        """The robot as it stands, uint8 [270, 480, 3]; see RemoteParallelEnv."""
        return self.parallel.render()

    def close(self) -> None:
        """Ends the session; may be called twice."""
        self.parallel.close()

    @property
    def _seeds(self) -> SeedStream:
        return self.parallel._seeds

    def _info(self, infos: Mapping[str, Infos]) -> Infos:
        return {name: fact for name, fact in self._of_team(infos).items() if name != "step_id"}

    def _of_team(self, by_agent: Mapping[str, Any]) -> Any:
        """All agents are told the same."""
        return by_agent[self.parallel.possible_agents[0]]

    def __str__(self) -> str:
        return str(self.parallel)
