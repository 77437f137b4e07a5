"""The servers that tests talk to; test/clients/python.test.ts starts them and tells where they are.

DIMA_URL        serves the model "tiny": two agents, front and back, with three motors each, four
                state and six observation entries. A first action of exactly 1 ends the episode.
                POST /test/drop closes all its sockets, /test/drop-in-step does when the next step
                is computed; GET /test/steps tells how many steps were computed
DIMA_KEYED_URL  wants DIMA_KEY
DIMA_FULL_URL   has room for two sessions
DIMA_STORED_URL keeps sessions in a store, too. POST /test/save remembers what is in it, /test/roll-back
                brings that back and loses what the server knew; /test/refuse/<code>/<times> refuses
                what is asked next of sessions
DIMA_BRIEF_URL  closes sessions that are idle for 600 ms
"""

from __future__ import annotations

import json
import os
import unittest
import urllib.request
from typing import Any, Dict

import numpy as np

from dima import DimaError, RemoteParallelEnv

AGENTS = ["front", "back"]
N, A, S, O = 2, 3, 4, 6


def server(name: str = "DIMA_URL") -> str:
    """Skips the test that needs it when there is no such server."""
    url = os.environ.get(name)
    if not url:
        raise unittest.SkipTest(f"{name} is not set: run `npx vitest run test/clients`")
    return url


def control(path: str, method: str = "GET", url: str = "", key: str = "") -> Any:
    """Asks a server for something that only tests do."""
    page = (url or server()).replace("ws", "http", 1) + path
    headers = {"authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(page, method=method, headers=headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


class EnvTest(unittest.TestCase):
    """Closes what a test makes and checks refusals by code."""

    def env(self, url: str = "", **options: Any) -> RemoteParallelEnv:
        env = RemoteParallelEnv(url or server(), **options)
        self.addCleanup(env.close)
        return env

    def refused(self, code: str, *parts: str) -> Any:
        """A context in which DimaError ``code`` must be raised, whose text has all ``parts``."""
        return _Refused(self, code, parts)


class _Refused:
    def __init__(self, test: unittest.TestCase, code: str, parts: Any) -> None:
        self.test, self.code, self.parts = test, code, parts

    def __enter__(self) -> "_Refused":
        return self

    def __exit__(self, kind: Any, error: Any, _: Any) -> bool:
        if isinstance(error, unittest.SkipTest):
            return False
        self.test.assertIsInstance(error, DimaError, f"{self.code} was expected, got {error!r}")
        self.test.assertEqual(error.code, self.code, str(error))
        for part in self.parts:
            self.test.assertIn(part, str(error))
        self.error = error
        return True


def some_actions(seed: int) -> Dict[str, np.ndarray]:
    """[A] by agent; never ends an episode."""
    random = np.random.default_rng(seed)
    return {agent: random.uniform(-1, 0.9, A).astype(np.float32) for agent in AGENTS}


def last_actions() -> Dict[str, np.ndarray]:
    """They end the episode."""
    return {agent: np.ones(A, np.float32) for agent in AGENTS}


def same(left: Any, right: Any) -> bool:
    """Whether two results have the same types and values, to the last bit."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and np.array_equal(left, right)
    return bool(left == right)
