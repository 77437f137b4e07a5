"""Imagines with a model's folder alone, without a server; needs ONNX Runtime beside this package.

    from dima.local import LocalModel
    reply = LocalModel("models/halfcheetah-2x3/4").rollout(starts, actions, seed=7)

The same seed gives the server's numbers, up to rounding: noise.py draws as it does. B rows, H steps
of at most P, L states of context, N agents, A action, S state, O observation.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

import numpy as np

from .bundle import open_graphs, read_manifest
from .levels import Level, levels_of
from .local_actions import actions_of, seen_by_agent
from .local_request import Request, read_request
from .noise import Streams, start_keys


class LocalModel:
    """A world model of a folder.

    folder     ``models/<name>/<version>``, or a download of one. DimaError ``invalid_bundle``
    providers  of ONNX Runtime; the CPU's by default
    """

    def __init__(self, folder: Any, *, providers: Optional[Sequence[Any]] = None) -> None:
        self.manifest = read_manifest(folder)
        self.graphs = open_graphs(folder, self.manifest, providers)
        self.agents = [agent["name"] for agent in self.manifest["agents"]]
        self._scale = self.manifest["sampling"]["sigmaData"]
        self._mean = np.array(self.manifest["normalisation"]["mean"])
        self._std = np.array(self.manifest["normalisation"]["std"])

    def rollout(self, starts: Any, actions: Any = None, **options: Any) -> Dict[str, Any]:
        """Imagines joint trajectories; arguments and arrays are those of ``Client.rollout``.

        options  seed, plan, order, observations, policy, horizon. DimaError ``invalid_request``,
                 ``invalid_shape``, ``not_finite``, ``no_policy``, ``unknown_agent`` name the field
        """
        asked = read_request(self.manifest, starts, actions, **options)
        rows, horizon = asked.actions.shape[:2]
        streams = Streams(asked.seed, start_keys(asked.states, asked.past, asked.lengths))
        levels = levels_of(self.manifest, asked.plan, asked.order)
        context = self._scaled(asked)  # [B, L, S] as the denoiser sees states
        taken = np.pad(asked.past, ((0, 0), (1, 0), (0, 0), (0, 0)))  # [B, L, N, A]
        states = np.empty((rows, horizon + 1, len(self._mean)))  # normalised, the start's first
        states[:, 0] = context[:, -1] / self._scale
        for t in range(horizon):
            if asked.policy:
                self._act(asked, t, states[:, t], streams)
            taken = np.concatenate([taken[:, 1:], asked.actions[:, t : t + 1]], axis=1)
            x = self._next(context, taken, streams.normals(len(self._mean), t), levels)
            context = np.concatenate([context[:, 1:], x[:, None]], axis=1)
            states[:, t + 1] = x.astype(np.float64) / self._scale
        return self._reply(asked, states, streams)

    def _scaled(self, asked: Request) -> np.ndarray:
        most = asked.states.shape[1]
        real = np.arange(most)[:, None] >= most - asked.lengths[:, None, None]  # [B, L, 1]
        x = self._scale * (asked.states - self._mean) / self._std
        return np.where(real, x, 0).astype(np.float32)

    def _next(self, context: Any, taken: Any, noise: Any, levels: List[Level]) -> np.ndarray:
        """x [B, S] after the last of the actions [B, L, N, A], by Euler steps down the levels."""
        x = (noise.astype(float) * levels[0].sigma).astype(np.float32)
        for i, (sigma, following, visible) in enumerate(levels):
            if i == 0 or (visible != levels[i - 1].visible).any():
                company = np.concatenate([taken] * (1 + (len(taken) == 1)))  # as on the server: a
                mask = np.ones(company.shape[:3], np.float32)  # row alone is rounded otherwise
                mask[:, -1] = visible
                shown = self.graphs["embed"](actions=company, mask=mask)["embedding"][: len(x)]
            inputs = {"noisy": x, "context": context, "embedding": shown}
            level = np.full((len(x), 1), sigma, np.float32)
            found = self.graphs["denoise"](sigma=level, **inputs)["denoised"]
            keep = following / sigma
            x = (keep * x.astype(float) + (1 - keep) * found.astype(float)).astype(np.float32)
        return x

    def _act(self, asked: Request, t: int, states: np.ndarray, streams: Streams) -> None:
        """Writes the policy's actions of step t, of the agents that it acts for."""
        drawn = self.graphs["policy"](observations=self._seen("decode", states))
        noise = np.zeros(drawn["mean"].shape)  # [B, N, A]
        if asked.sampled:
            noise = streams.normals(noise[0].size, t, "policy").reshape(noise.shape)
        action = actions_of(self.manifest, drawn["mean"], drawn["std"], noise)
        asked.actions[:, t] = np.where(asked.acting[:, None], action, asked.actions[:, t])

    def _seen(self, graph: str, states: np.ndarray) -> np.ndarray:
        """What agents see [..., N, O] in states [..., S], which are normalised to be decoded."""
        rows = states.reshape(-1, states.shape[-1]).astype(np.float32)
        seen = self.graphs[graph](states=rows)["observations"]
        return seen.reshape(*states.shape[:-1], *seen.shape[1:])

    def _reply(self, asked: Request, states: np.ndarray, streams: Streams) -> Dict[str, Any]:
        horizon, most = asked.actions.shape[1], self.manifest["horizon"]
        rest = ((0, 0), (0, most - horizon), (0, 0), (0, 0))
        before = np.pad(states[:, :-1], rest[:3]).astype(np.float32)  # [B, P, S]
        judged = self.graphs["reward"](states=before, actions=np.pad(asked.actions, rest))
        ends = judged["termination_probabilities"][:, :horizon]
        ends = ends * (self.manifest.get("terminates") is not False)
        ended = np.stack([streams.uniform(t, "termination") for t in range(horizon)], 1) < ends
        after = states[:, 1:] * self._std + self._mean  # environment units
        seen = self._seen("perceive", after) if asked.exact else self._seen("decode", states[:, 1:])
        return {
            "states": after,
            "observations": seen_by_agent(self.manifest, seen),
            "rewards": judged["rewards"][:, :horizon],
            "termination_probabilities": ends,
            "terminations": ended,
            "lengths": np.where(ended.any(axis=1), ended.argmax(axis=1) + 1, horizon),
            "actions": asked.actions,
            "seed": asked.seed,
        }
