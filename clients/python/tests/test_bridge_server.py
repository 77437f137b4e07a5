"""The server with real sockets: who may come in, what stays alive, what is closed."""

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path

import numpy as np
from websockets import connect
from websockets.exceptions import ConnectionClosed

import bridge_toys
from bridge_talk import BridgeTest, arrays, listening
from bridge_toys import Mass, PointMass
from marl_env import serve, wire
from marl_env.__main__ import function_of
from marl_env.access import check_access

TESTS = Path(__file__).resolve().parent
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def status(url, path="/", headers=None):
    """Of a GET; 101 for an upgrade that is granted."""
    page = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=10)
    try:
        page.request("GET", path, headers=headers or {})
        return page.getresponse().status
    finally:
        page.close()


@contextlib.contextmanager
def upgraded(url):
    """The bytes behind the handshake."""
    address = urllib.parse.urlsplit(url)
    with socket.create_connection((address.hostname, address.port), 10) as raw:
        with raw.makefile("rwb") as stream:
            headers = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
            stream.write(f"GET / HTTP/1.1\r\nHost: {address.netloc}\r\n{headers}\r\n".encode())
            stream.flush()
            while stream.readline().strip():
                pass
            yield stream


def frame(stream):
    """First byte and payload of a server's frame below 64 KiB."""
    first, length = stream.read(2)
    if length == 126:
        length = struct.unpack(">H", stream.read(2))[0]
    return first, stream.read(length)


class Socket:
    """A connection and requests over it."""

    def __init__(self, url):
        self._connecting = connect(url, compression=None, max_size=None, ping_interval=None)
        self._gone = False

    async def __aenter__(self):
        self.raw = await self._connecting
        self.hello = await self.receive()
        return self

    async def __aexit__(self, *_):
        if not self._gone:
            await self.raw.close()

    def vanish(self):
        """Without a goodbye."""
        self._gone = True
        self.raw.transport.abort()

    async def send(self, kind, number=1, **fields):
        await self.raw.send(wire.pack(dict(fields, type=kind, id=number)))

    async def receive(self):
        return arrays(wire.unpack(await asyncio.wait_for(self.raw.recv(), 20)))

    async def ask(self, kind, number=1, **fields):
        await self.send(kind, number, **fields)
        return await self.receive()


class Blocked(PointMass):
    """Its steps wait for a signal; it tells when it is in one, and when it was closed."""

    def __init__(self):
        super().__init__()
        self.stepping, self.go, self.closed = (threading.Event() for _ in range(3))

    def step(self, actions):
        self.stepping.set()
        assert self.go.wait(20)
        return super().step(actions)

    def close(self):
        self.closed.set()


REST = {agent: np.zeros((1, 2), "<f4") for agent in bridge_toys.AGENTS}


class DoorTest(BridgeTest):
    def test_health_needs_no_token(self):
        with listening(token="secret") as url:
            self.assertEqual(status(url, "/healthz"), 200)

    def test_the_socket_is_at_the_root(self):
        with listening() as url:
            self.assertEqual(status(url, "/", UPGRADE), 101)
            self.assertEqual(status(url, "/other", UPGRADE), 404)
            self.assertEqual(status(url), 426)

    def test_a_token_is_wanted_where_there_is_one(self):
        with listening(token="secret") as url:
            self.assertEqual(status(url, "/", UPGRADE), 401)
            for given in ("", "secret", "Bearer", "Bearer secret2", "bearer", "Bearer sécret"):
                headers = dict(UPGRADE, Authorization=given.encode())
                self.assertEqual(status(url, "/", headers), 401, given)
            headers = dict(UPGRADE, Authorization="Bearer secret")
            self.assertEqual(status(url, "/", headers), 101)

    def test_web_pages_are_refused(self):
        with listening() as url:
            for origin in ("https://example.org", "null", url.replace("ws", "http")):
                self.assertEqual(status(url, "/", dict(UPGRADE, Origin=origin)), 403, origin)

    def test_others_than_this_machine_need_a_token(self):
        for host in ("0.0.0.0", "::", "192.168.1.7", "example.org"):
            with self.assertRaisesRegex(ValueError, "token"):
                check_access(host, None)
            check_access(host, "secret")
        for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost"):
            check_access(host, None)
        for token in ("", "sécret", "two\nlines"):
            with self.assertRaisesRegex(ValueError, "token"):
                check_access("127.0.0.1", token)

    def test_serve_checks_its_arguments(self):
        wrong = [dict(make=PointMass, speed=3), dict(make=None), dict(make={}), dict(make={"x": 3})]
        wrong += [dict(make=PointMass, host="0.0.0.0")]
        for arguments in wrong:
            with self.assertRaises(ValueError):
                serve(port=0, **arguments)


class SocketTest(BridgeTest):
    def run_with(self, makers, conversation, **settings):
        with listening(makers, **settings) as url:
            asyncio.run(conversation(url))

    def test_requests_are_answered_in_order_also_when_they_come_at_once(self):
        async def conversation(url):
            async with Socket(url) as socket:
                await socket.send("make", 10, env="point_mass", num_envs=1)
                await socket.send("reset", 11, seed=3)
                for number in range(12, 20):
                    await socket.send("step", number, actions=REST)
                await socket.send("close", 20)
                replies = [await socket.receive() for _ in range(11)]
                self.assertEqual([reply["id"] for reply in replies], list(range(10, 21)))
                mass = Mass()
                mass.seed(3)
                mass.begin()
                for _ in range(8):
                    mass.push(0.0, 0.0)
                self.same(replies[9]["state"], [mass.state()])
                with self.assertRaises(ConnectionClosed):
                    await socket.receive()
                self.assertEqual(socket.raw.close_code, 1000)

        self.run_with(bridge_toys.ALL, conversation)

    def test_the_socket_lives_while_an_environment_is_made_and_while_it_steps(self):
        env, making, go = Blocked(), threading.Event(), threading.Event()

        def make():
            making.set()
            assert go.wait(20)
            return env

        async def alive(socket, busy):
            """A ping is answered while the environment is busy, and the server takes others in."""
            await asyncio.get_event_loop().run_in_executor(None, busy.wait, 20)
            pong = await socket.raw.ping()
            await asyncio.wait_for(pong, 20)

        async def conversation(url):
            async with Socket(url) as socket:
                await socket.send("make", env="blocked", num_envs=1)
                await alive(socket, making)
                go.set()
                self.answered("made", await socket.receive())
                await socket.ask("reset")
                await socket.send("step", actions=REST)
                await alive(socket, env.stepping)
                env.go.set()
                self.answered("step_ok", await socket.receive())

        self.run_with({"blocked": make}, conversation)

    def test_an_environment_is_used_by_one_thread(self):
        threads = set()

        class Watched(PointMass):
            def __init__(self):
                super().__init__()
                threads.add(threading.get_ident())

            def step(self, actions):
                threads.add(threading.get_ident())
                return super().step(actions)

            def close(self):
                threads.add(threading.get_ident())

        async def conversation(url):
            async with Socket(url) as socket:
                await socket.ask("make", env="x", num_envs=2)
                await socket.ask("reset")
                rest = {agent: np.zeros((2, 2), "<f4") for agent in bridge_toys.AGENTS}
                for _ in range(5):
                    await socket.ask("step", actions=rest)
                await socket.ask("close")

        self.run_with({"x": Watched}, conversation)
        self.assertEqual(len(threads), 1)
        self.assertNotIn(threading.get_ident(), threads)

    def test_a_client_that_vanishes_in_a_step_leaves_nothing_behind(self):
        env = Blocked()

        async def conversation(url):
            async with Socket(url) as socket:
                await socket.ask("make", env="x", num_envs=1)
                await socket.ask("reset")
                await socket.send("step", actions=REST)
                await asyncio.get_event_loop().run_in_executor(None, env.stepping.wait, 20)
                socket.vanish()
            self.assertFalse(env.closed.is_set())
            env.go.set()
            closed = await asyncio.get_event_loop().run_in_executor(None, env.closed.wait, 20)
            self.assertTrue(closed)

        self.run_with({"x": lambda: env}, conversation)

    def test_sessions_are_apart(self):
        async def conversation(url):
            async with Socket(url) as one, Socket(url) as other:
                for socket in (one, other):
                    await socket.ask("make", env="point_mass", num_envs=1)
                first = await one.ask("reset", seed=1)
                second = await other.ask("reset", seed=2)
                self.assertTrue((first["state"] != second["state"]).any())
                self.same((await one.ask("reset", seed=1))["state"], first["state"])

        self.run_with(bridge_toys.ALL, conversation)

    def test_what_is_no_message_closes_the_socket_after_a_word(self):
        async def conversation(url):
            for frame in ("text", b"\xc1"):
                async with Socket(url) as socket:
                    await socket.raw.send(frame)
                    self.refused("invalid_request", await socket.receive(), fatal=True)
                    with self.assertRaises(ConnectionClosed):
                        await socket.receive()

        self.run_with(bridge_toys.ALL, conversation)

    def test_frames_above_64_mib_close_the_socket(self):
        with listening() as url, upgraded(url) as stream:
            self.assertEqual(frame(stream)[0], 0x82)  # hello
            stream.write(b"\x82\xff" + struct.pack(">QI", wire.LARGEST + 1, 0))
            stream.flush()
            kind, payload = frame(stream)
            self.assertEqual((kind, struct.unpack(">H", payload[:2])[0]), (0x88, 1009))


class ProgramTest(BridgeTest):
    def program(self, *arguments, **variables):
        path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        child = subprocess.Popen(
            [sys.executable, "-m", "marl_env", *arguments],
            cwd=TESTS,
            env=dict(os.environ, PYTHONPATH=path, PYTHONDONTWRITEBYTECODE="1", **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(lambda: (child.kill(), child.communicate()))
        return child

    def test_it_serves_a_function_by_name_and_stops_when_told(self):
        arguments = ("bridge_toys:point_mass", "--port", "0", "--name", "mass", "--max-steps", "12")
        child = self.program(*arguments, MARL_ENV_TOKEN="secret")
        protocol, name, url = child.stdout.readline().split()
        self.assertEqual((protocol, name), ("marl-env/1", "mass"))
        self.assertEqual(status(url, "/", UPGRADE), 401)
        headers = dict(UPGRADE, Authorization="Bearer secret")
        self.assertEqual(status(url, "/", headers), 101)
        child.send_signal(signal.SIGTERM)
        _, log = child.communicate(timeout=20)
        self.assertEqual(child.returncode, 0, log)
        self.assertNotIn("Traceback", log)

    def test_it_says_what_is_wrong_in_a_line(self):
        wrong = {
            ("bridge_toys", "--port", "0"): "MODULE:FUNCTION",
            ("no_such_module:make",): "no module no_such_module",
            ("bridge_toys:make.it",): "bridge_toys has no make.it",
            ("bridge_toys:point_mass", "--host", "0.0.0.0"): "token",
        }
        for arguments, told in wrong.items():
            child = self.program(*arguments, MARL_ENV_TOKEN="")
            _, log = child.communicate(timeout=20)
            self.assertEqual((child.returncode, log.count("\n")), (1, 1), log)
            self.assertIn(told, log)

    def test_names_may_have_dots(self):
        self.assertIs(function_of("os:path.join"), os.path.join)
