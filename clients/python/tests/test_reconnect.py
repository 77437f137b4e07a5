"""Sockets that are lost on the way."""

import asyncio
import importlib.util
import sys
import threading
import time
import types
from unittest import mock

from websockets.legacy.server import serve

from dima import RemoteParallelEnv, RemoteVectorEnv, websocket
from dima.address import address_of
from dima.stream import Connection
from proxy import Proxy
from servers import EnvTest, control, same, server, some_actions


class ReconnectTest(EnvTest):
    def proxy(self) -> Proxy:
        proxy = Proxy(server())
        self.addCleanup(proxy.refuse)
        return proxy

    def through(self, proxy: Proxy, **options) -> RemoteParallelEnv:
        return self.env(proxy.url, **options)

    def undisturbed(self, steps: int):
        env = self.env()
        env.reset(seed=4)
        return [env.step(some_actions(i)) for i in range(steps)]

    def test_the_server_drops_all_sockets_between_steps(self):
        env = self.env()
        env.reset(seed=4)
        results = []
        for i in range(6):
            results.append(env.step(some_actions(i)))
            if i % 2 == 0:
                self.assertGreaterEqual(control("/test/drop", "POST")["dropped"], 1)
        self.assertTrue(same(results, self.undisturbed(6)))

    def test_the_server_drops_the_socket_in_the_middle_of_a_step(self):
        env = self.env()
        env.reset(seed=4)
        before = control("/test/steps")["computed"]
        control("/test/drop-in-step", "POST")
        results = [env.step(some_actions(i)) for i in range(3)]
        self.assertEqual(control("/test/steps")["computed"] - before, 3, "each step was done once")
        self.assertTrue(same(results, self.undisturbed(3)))

    def test_an_answer_that_is_lost_is_answered_again_and_not_done_again(self):
        proxy = self.proxy()
        env = self.through(proxy)
        env.reset(seed=4)
        before = control("/test/steps")["computed"]
        results = []
        for i in range(4):
            proxy.swallow_next()
            results.append(env.step(some_actions(i)))
        self.assertEqual(control("/test/steps")["computed"] - before, 4)
        self.assertTrue(same(results, self.undisturbed(4)))
        self.assertGreaterEqual(proxy.connections, 5)

    def test_an_answer_to_reset_that_is_lost(self):
        proxy = self.proxy()
        env = self.through(proxy)
        env.reset(seed=9)
        proxy.swallow_next()
        env.reset(seed=4)
        self.assertTrue(same(env.step(some_actions(0))[:4], self.undisturbed(1)[0][:4]))

    def test_a_vector_step_whose_answer_is_lost(self):
        proxy = self.proxy()
        env = RemoteVectorEnv(proxy.url, 3)
        self.addCleanup(env.close)
        env.reset(seed=[4, 5, 6])
        proxy.swallow_next()
        actions = some_actions(0)
        batch = {agent: [action] * 3 for agent, action in actions.items()}
        rewards = env.step(batch)[1]
        self.assertEqual(rewards[0], self.undisturbed(1)[0][1]["front"])

    def test_a_server_that_is_away_for_a_moment(self):
        proxy = self.proxy()
        env = self.through(proxy)
        env.reset(seed=4)
        proxy.refuse()
        threading.Timer(0.3, proxy.accept_again).start()
        self.assertTrue(same(env.step(some_actions(0)), self.undisturbed(1)[0]))

    def test_a_server_that_stays_away_is_given_up_in_time(self):
        proxy = self.proxy()
        env = self.through(proxy, reconnect_seconds=0.3)
        env.reset(seed=4)
        proxy.refuse()
        began = time.monotonic()
        with self.refused("connection_lost", "safe"):
            env.step(some_actions(0))
        self.assertLess(time.monotonic() - began, 5)
        proxy.accept_again()
        self.assertTrue(same(env.step(some_actions(0)), self.undisturbed(1)[0]), "later it goes on")

    def test_a_key_that_is_withdrawn_is_not_tried_again(self):
        connection = Connection(server("DIMA_KEYED_URL"), key=server("DIMA_KEY"))
        self.addCleanup(connection.close)
        session = connection.request("create")["session_id"]
        connection._key = "dima_withdrawn"
        control("/test/drop", "POST", server("DIMA_KEYED_URL"), server("DIMA_KEY"))
        with self.refused("unauthenticated"):
            connection.request("get", session_id=session)

    def test_a_connection_that_dies_again_and_again_is_given_up(self):
        proxy = self.proxy()
        connection = Connection(proxy.url)
        self.addCleanup(connection.close)
        proxy.cut_requests = True
        with self.refused("connection_lost", "5 times", "create"):
            connection.request("create")
        proxy.cut_requests = False
        connection.request("create")

    def test_a_step_without_its_number_is_not_sent_twice(self):
        proxy = self.proxy()
        connection = Connection(proxy.url)
        self.addCleanup(connection.close)
        session = connection.request("create")["session_id"]
        actions = [[0, 0, 0], [0, 0, 0]]
        proxy.swallow_next()
        with self.refused("connection_lost", "step"):
            connection.request("step", session_id=session, actions=actions)
        self.assertEqual(connection.request("get", session_id=session)["committed_step_id"], 1)


class ConnectionTest(EnvTest):
    def test_many_requests_of_many_threads_find_their_answers(self):
        connection = Connection(server())
        self.addCleanup(connection.close)
        wrong = []

        def use(seed: int) -> None:
            pending = [connection.send("create", seed=seed + i) for i in range(20)]
            views = [one.result() for one in pending]
            wrong.extend(i for i, view in enumerate(views) if view["seed"] != seed + i)
            for view in views:
                connection.send("close", session_id=view["session_id"]).result()

        threads = [threading.Thread(target=use, args=(1000 * t,)) for t in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_no_answer_in_time(self):
        proxy = Proxy(server())
        self.addCleanup(proxy.refuse)
        connection = Connection(proxy.url)
        self.addCleanup(connection.close)
        connection.timeout, proxy.mute = 0.05, True
        with self.refused("timeout", "get"):
            connection.request("get", session_id="A" * 22)
        connection.timeout, proxy.mute = 60, False
        with self.refused("session_not_found"):
            connection.request("get", session_id="A" * 22)

    def test_a_message_that_is_too_large_is_not_sent(self):
        connection = Connection(server())
        self.addCleanup(connection.close)
        with self.refused("body_too_large"):
            connection.request("restore", snapshot="x" * 5_000_000)

    def test_newer_websockets_name_their_headers_otherwise(self):
        class connect(websocket.connect):
            def __init__(self, uri, *, additional_headers=None, **options):
                super().__init__(uri, **{websocket._HEADERS: additional_headers}, **options)

        client = types.ModuleType("websockets.asyncio.client")
        client.connect = connect
        package = types.ModuleType("websockets.asyncio")
        newer = {package.__name__: package, client.__name__: client}
        with mock.patch.dict(sys.modules, newer):
            spec = importlib.util.spec_from_file_location("dima.newer", websocket.__file__)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)

        async def greet():
            address = address_of(server("DIMA_KEYED_URL"))
            socket = await module.open_socket(address, server("DIMA_KEY"), None, 5)
            await socket.close()

        asyncio.run(greet())
        self.assertIs(module.connect, connect)

    def test_a_socket_that_is_no_dima_server(self):
        async def other(url_known: threading.Event, urls: list, end: threading.Event) -> None:
            async def greet(socket, _path=None):
                await socket.send("hello")
                await socket.wait_closed()

            async with serve(greet, "127.0.0.1", 0) as listening:
                urls.append(f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
                url_known.set()
                await asyncio.get_running_loop().run_in_executor(None, end.wait)

        known, urls, end = threading.Event(), [], threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(other(known, urls, end)))
        thread.start()
        try:
            known.wait(5)
            with self.refused("not_a_dima_server"):
                Connection(urls[0])
        finally:
            end.set()
            thread.join()
