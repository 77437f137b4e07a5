"""A client for the tests of marl_env: without a socket, or over a real one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import unittest
from typing import Any, Dict, Iterator, Optional

import numpy as np

import bridge_toys
from marl_env import wire
from marl_env.server import address_of, open_server
from marl_env.service import Service
from marl_env.session import Session


def arrays(value: Any) -> Any:
    """A message with its arrays read."""
    if isinstance(value, dict) and "nd" in value:
        return wire.array(value)
    if isinstance(value, dict):
        return {key: arrays(inner) for key, inner in value.items()}
    return value


class Talk:
    """Asks one session, as a socket would."""

    def __init__(
        self, makers: Any = bridge_toys.ALL, declared: Any = None, most: Any = None
    ) -> None:
        self.session = Session(Service(makers, declared, most))
        self.hello = wire.unpack(self.session.hello())
        self.number = 0

    def raw(self, frame: Any) -> Dict[str, Any]:
        reply, self.last = self.session.answer(frame)
        return arrays(wire.unpack(reply))

    def ask(self, kind: str, **fields: Any) -> Dict[str, Any]:
        """The answer to one request, whichever it is; its number is checked."""
        self.number += 1
        reply = self.raw(wire.pack(dict(fields, type=kind, id=self.number)))
        assert reply["re" if reply["type"] == "error" else "id"] == self.number, reply
        return reply

    def make(self, env: str, num_envs: int = 3, **fields: Any) -> Dict[str, Any]:
        made = self.ask("make", env=env, num_envs=num_envs, **fields)
        self.made = made
        return made

    def step(self, **actions: np.ndarray) -> Dict[str, Any]:
        return self.ask("step", actions=actions)

    def rest(self) -> Dict[str, np.ndarray]:
        """Actions of nothing but zeros."""
        shape = {agent: space["shape"][0] for agent, space in self.made["act_spaces"].items()}
        return {agent: np.zeros((self.made["num_envs"], n), "<f4") for agent, n in shape.items()}


class BridgeTest(unittest.TestCase):
    """Checks refusals; what the server logs of failures that are provoked is not shown."""

    maxDiff = None

    def setUp(self) -> None:
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)

    def talk(self, env: Optional[str] = None, num_envs: int = 3, **fields: Any) -> Talk:
        talk = Talk()
        self.addCleanup(talk.session.end)
        if env is not None:
            self.answered("made", talk.make(env, num_envs, **fields))
        return talk

    def answered(self, kind: str, reply: Dict[str, Any]) -> Dict[str, Any]:
        self.assertEqual(reply["type"], kind, reply.get("message"))
        return reply

    def refused(self, code: str, reply: Dict[str, Any], *parts: str, fatal: bool = False) -> None:
        self.assertEqual(reply["type"], "error", reply)
        self.assertEqual((reply["code"], reply["fatal"]), (code, fatal), reply["message"])
        for part in parts:
            self.assertIn(part, reply["message"])

    def same(self, given: Any, expected: Any) -> None:
        """Equal to the last bit, shapes as well."""
        np.testing.assert_array_equal(np.asarray(given), np.asarray(expected))
        self.assertEqual(np.shape(given), np.shape(expected))


@contextlib.contextmanager
def listening(
    makers: Any = bridge_toys.ALL, token: Optional[str] = None, most: Optional[int] = None
) -> Iterator[str]:
    """The address of a server in a thread of this process."""
    loop = asyncio.new_event_loop()
    opening = open_server(Service(makers, None, most), "127.0.0.1", 0, token)
    server = loop.run_until_complete(opening)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield address_of(server)
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: Any) -> None:
    server.close()
    await server.wait_closed()
