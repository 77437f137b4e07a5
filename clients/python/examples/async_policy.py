"""The model's policy as a service, for a controller that runs on asyncio: 30 steps of four sessions at
once, each acted by the policy on what it observes.

    python examples/async_policy.py [url]
"""

import asyncio
import sys

from dima import AsyncClient

STEPS = 30


async def episode(client: AsyncClient, seed: int) -> float:
    """The team's reward of one session whose actions a controller asks for, step by step."""
    total = 0.0
    async with await client.create(seed=seed, observations="decoded") as session:
        observations = session.view["observations"]
        for t in range(STEPS):
            decided = await client.act(observations, mode="sample", seed=seed, step=t)
            reply = await session.step(decided["actions"])
            total += reply["reward"]
            observations = reply["observations"]
    return total


async def main(url: str) -> None:
    async with AsyncClient(url) as client:
        rewards = await asyncio.gather(*[episode(client, seed) for seed in range(4)])
    print("rewards", ", ".join(f"{reward:.1f}" for reward in rewards))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8080"))
