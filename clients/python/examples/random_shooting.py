"""Plans by random shooting: of many random plans take the one that the model rewards most.

    python examples/random_shooting.py --steps 30 --candidates 256
"""

from __future__ import annotations

import argparse
from typing import Dict, List

import numpy as np

from dima import Client, RemoteParallelEnv


class Window:
    """The latest states and the joint actions between them: what an imagination starts from."""

    def __init__(self, env: RemoteParallelEnv, length: int) -> None:
        self.length = length
        self.states: List[np.ndarray] = [env.state()]
        self.actions: List[np.ndarray] = []

    def add(self, joint: np.ndarray, state: np.ndarray) -> None:
        self.states = [*self.states, state][-self.length :]
        self.actions = [*self.actions, joint][-(len(self.states) - 1) :]

    def start(self) -> Dict[str, np.ndarray]:
        start = {"states": np.stack(self.states)}  # [l, S]
        return {**start, "actions": np.stack(self.actions)} if self.actions else start


def random_actions(env: RemoteParallelEnv, random: np.random.Generator, *sizes: int) -> np.ndarray:
    """[*sizes, N, A]"""
    space = env.action_space(env.possible_agents[0])
    shape = (*sizes, env.max_num_agents, *space.shape)
    return random.uniform(space.low[0], space.high[0], shape).astype(np.float32)


def best_of(
    client: Client, model: str, start: Dict[str, np.ndarray], plans: np.ndarray
) -> np.ndarray:
    """The plan [H, N, A] of plans [B, H, N, A] with the largest imagined return."""
    imagined = client.rollout(start, plans, model=model, outputs=["rewards"])
    lived = np.arange(plans.shape[1]) < imagined["lengths"][:, None]  # [B, H]
    return plans[np.argmax((imagined["rewards"] * lived).sum(1))]


def act(env: RemoteParallelEnv, joint: np.ndarray) -> float:
    """Takes a joint action [N, A] and returns the team's reward."""
    _, rewards, _, _, _ = env.step(dict(zip(env.possible_agents, joint)))
    return rewards[env.possible_agents[0]]


def play_planned(
    env: RemoteParallelEnv, client: Client, model: str, options: argparse.Namespace
) -> float:
    """Return of an episode that is planned anew every few steps."""
    random = np.random.default_rng(options.seed)
    window = Window(env, client.model(model)["context"])
    plan: List[np.ndarray] = []
    total = 0.0
    for _ in range(options.steps):
        if not env.agents:
            break
        if not plan:
            plans = random_actions(env, random, options.candidates, options.horizon)
            plan = list(best_of(client, model, window.start(), plans)[: options.replan])
        joint = plan.pop(0)
        total += act(env, joint)
        window.add(joint, env.state())
    return total


def play_random(env: RemoteParallelEnv, seed: int, steps: int) -> float:
    random = np.random.default_rng(seed)
    total = 0.0
    for joint in random_actions(env, random, steps):
        if env.agents:
            total += act(env, joint)
    return total


def main() -> None:
    options = parse()
    client = Client(options.url)
    model = options.model or client.models()[0]["name"]
    with RemoteParallelEnv(options.url, model) as env:
        env.reset(seed=options.seed)
        # Children of one moment: all plays begin where the planned one does.
        children = env.fork(options.plays, seeds=range(1, options.plays + 1))
        returns = [play_random(child, i, options.steps) for i, child in enumerate(children)]
        for child in children:
            child.close()
        planned = play_planned(env, client, model, options)
    mean, spread = np.mean(returns), np.std(returns)
    print(f"random   {mean:8.2f} +- {spread:.2f} over {options.steps} steps, {options.plays} plays")
    print(f"planned  {planned:8.2f}, best of {options.candidates} every {options.replan} steps")
    print(f"gained   {planned - mean:8.2f}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8080")
    parser.add_argument("--model", help="default: the first that is served")
    parser.add_argument("--steps", type=int, default=30, help="of an episode")
    parser.add_argument("--horizon", type=int, default=10, help="steps of a plan")
    parser.add_argument("--replan", type=int, default=5, help="steps until the next plan")
    parser.add_argument("--candidates", type=int, default=256, help="random plans to choose from")
    parser.add_argument("--plays", type=int, default=8, help="random episodes to compare with")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
