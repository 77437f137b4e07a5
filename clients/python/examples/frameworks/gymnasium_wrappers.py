"""A remote model by its name in Gymnasium, in Gymnasium's own wrappers.

    pip install gymnasium
    python examples/frameworks/gymnasium_wrappers.py --envs 8 --steps 100
"""

import argparse

import gymnasium
from gymnasium.wrappers.vector import NormalizeObservation, RecordEpisodeStatistics

import dima  # noqa: F401  registers the environment


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8080")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--envs", type=int, default=8)
    options = parser.parse_args()

    envs = gymnasium.make_vec(
        "dima/RemoteModel-v0", num_envs=options.envs, url=options.url, max_episode_steps=20
    )
    statistics = RecordEpisodeStatistics(envs)
    envs = NormalizeObservation(statistics)
    envs.reset(seed=7)
    for _ in range(options.steps):
        envs.step(envs.action_space.sample())
    returns = statistics.return_queue
    print(f"return {sum(returns) / len(returns):.2f} over {len(returns)} random episodes")
    envs.close()


if __name__ == "__main__":
    main()
