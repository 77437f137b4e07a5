"""Steps many environments together with random actions.

    python examples/vector.py --envs 64 --steps 100
"""

import argparse
import time

import numpy as np

from dima import RemoteVectorEnv


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8080")
    parser.add_argument("--envs", type=int, default=64)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()

    with RemoteVectorEnv(options.url, options.envs, max_episode_steps=1000) as env:
        env.reset(seed=7)
        total = np.zeros(options.envs)
        began = time.perf_counter()
        for _ in range(options.steps):
            _, rewards, _, _, _ = env.step(env.action_space.sample())
            total += rewards
        seconds = time.perf_counter() - began

    print(f"return {total.mean():.2f} +- {total.std():.2f} over {options.steps} random steps")
    print(f"{options.envs * options.steps / seconds:.0f} environment steps per second")


if __name__ == "__main__":
    main()
