"""What PettingZoo asks of every parallel environment, in own words."""

from __future__ import annotations

import unittest
from typing import Any, Callable, Dict

import numpy as np

from servers import same


def check_api(test: unittest.TestCase, env: Any, cycles: int) -> int:
    """Plays episodes with random actions and checks every answer. Returns the number of steps."""
    test.assertIs(env.unwrapped, env)
    env.max_cycles = cycles  # some callers set attributes of their own
    env.reset(seed=0, options={"something": "unknown"})
    steps = 0
    for _ in range(2):
        observations, infos = env.reset()
        test.assertEqual(env.agents, env.possible_agents)
        _check_dictionaries(test, env, observations, infos)
        live = set(env.agents)
        finished: set = set()
        while live and steps < cycles:
            acting = {agent: env.action_space(agent).sample() for agent in env.agents}
            observations, rewards, terminations, truncations, infos = env.step(acting)
            steps += 1
            for answer in (observations, rewards, terminations, truncations, infos):
                test.assertIsInstance(answer, dict)
                test.assertEqual(set(answer), live)
            _check_dictionaries(test, env, observations, infos)
            _check_numbers(test, rewards, terminations, truncations)
            finished |= {agent for agent in live if terminations[agent] or truncations[agent]}
            live = set(env.agents)
            test.assertFalse(live & finished, "who has finished does not come back")
            test.assertTrue(live <= set(env.possible_agents))
            test.assertEqual(env.num_agents, len(env.agents))
        if not live:
            test.assertEqual(finished, set(env.possible_agents))
    return steps


def _check_dictionaries(test: unittest.TestCase, env: Any, observations: Any, infos: Any) -> None:
    for agent in env.possible_agents:
        space = env.observation_space(agent)
        test.assertIs(space, env.observation_space(agent), "a space is always the same object")
        test.assertIs(env.action_space(agent), env.action_space(agent))
        test.assertTrue(space.contains(observations[agent]), f"{agent} sees what its space has not")
        test.assertIsInstance(infos[agent], dict)
    test.assertTrue(env.state_space.contains(env.state()))


def _check_numbers(test: unittest.TestCase, rewards: Any, *flags: Dict[str, Any]) -> None:
    for reward in rewards.values():
        test.assertIs(type(reward), float)
        test.assertTrue(np.isfinite(reward))
    for flag in flags:
        for value in flag.values():
            test.assertIs(type(value), bool)


def check_seeds(test: unittest.TestCase, make: Callable[[], Any], cycles: int) -> None:
    """Two environments with one seed and one sequence of actions are one environment."""
    first, second = make(), make()
    for env in (first, second):
        for i, agent in enumerate(env.possible_agents):
            env.action_space(agent).seed(42 + i)
    test.assertTrue(same(first.reset(seed=42), second.reset(seed=42)))
    for _ in range(cycles):
        actions = [
            {agent: env.action_space(agent).sample() for agent in env.agents}
            for env in (first, second)
        ]
        test.assertTrue(same(*actions), "the same actions are drawn")
        results = [env.step(own) for env, own in zip((first, second), actions)]
        test.assertTrue(same(*results), "everything that comes back is the same, infos as well")
        if not first.agents:
            test.assertEqual(second.agents, [])
            test.assertTrue(same(first.reset(), second.reset()), "the next episode too")
