"""Controls a true robot, Gymnasium's HalfCheetah, with plans made in the learned model.

    pip install "gymnasium[mujoco]"
    python examples/mpc.py --steps 100

Gymnasium shows the state that the model was trained on: its positions without x, then its velocities.
"""

from __future__ import annotations

import argparse
from collections import deque
from typing import Any, Deque, Dict, Optional

import gymnasium
import numpy as np

from dima import Client


def main() -> None:
    options = parse()
    client = Client(options.url)
    card = client.model(options.model)
    joint = (len(card["agents"]), card["spaces"]["action"]["dimension"])
    env = gymnasium.make("HalfCheetah-v5", reset_noise_scale=0.1)
    state, _ = env.reset(seed=options.seed)
    states: Deque[np.ndarray] = deque([state], maxlen=card["context"])
    actions: Deque[np.ndarray] = deque(maxlen=card["context"] - 1)
    warm: Optional[Dict[str, Any]] = None
    total = 0.0
    for step in range(options.steps):
        start: Dict[str, Any] = {"states": np.stack(states)}
        if actions:
            start["actions"] = np.stack(actions)
        plan = client.plan(
            start,
            model=options.model,
            seed=options.seed + step,
            deadline_ms=options.deadline_ms,
            warm_start=warm,
        )
        warm = plan["warm_start"]
        action = plan["actions"][0]  # [N, A]
        state, reward, terminated, truncated, _ = env.step(action.reshape(-1).astype(np.float64))
        total += float(reward)
        states.append(state)
        actions.append(action.reshape(joint))
        if step % 10 == 9:
            print(f"step {step + 1}: {total / (step + 1):.2f} a step, plan {plan['stopped']}")
        if terminated or truncated:
            break
    print(f"return of {step + 1} steps: {total:.1f}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--model", default="halfcheetah-2x3")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--deadline-ms", type=int, default=None, help="answer with the best so far")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
