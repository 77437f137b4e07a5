"""Servers on this machine are reached past the proxies of the environment, others through them."""

import os
import socket
import threading
import unittest
from unittest import mock

import dima.websocket
from dima import Client, DimaError, RemoteParallelEnv
from dima.proxies import proxy_of, shown
from servers import EnvTest, server, some_actions

NAMES = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "ws_proxy",
    "wss_proxy",
    "socks_proxy",
    "no_proxy",
)
ELSEWHERE = "192.0.2.1:8080"  # an address of nobody


def environment(**variables):
    """With these proxies alone, in either spelling."""
    cleared = {name: value for name, value in os.environ.items() if name.lower() not in NAMES}
    return mock.patch.dict(os.environ, {**cleared, **variables}, clear=True)


class ForwardProxy:
    """An HTTP proxy that knows one server, and passes everything on to it."""

    def __init__(self, target: str) -> None:
        host, port = target.rpartition("/")[2].split(":")
        self._target = (host, int(port))
        self.asked: list = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://ann:secret@127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        request = client.recv(65536)
        line = request.split(b"\r\n")[0].decode()
        self.asked.append(line)
        upstream = socket.create_connection(self._target)
        if line.startswith("CONNECT"):
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            request = client.recv(65536)
        at_home = request.replace(ELSEWHERE.encode(), b"127.0.0.1:80").replace(
            b" http://127.0.0.1:80", b" "
        )
        upstream.sendall(at_home)
        for source, sink in ((client, upstream), (upstream, client)):
            threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class WhichProxyTest(unittest.TestCase):
    def test_this_machine_has_none(self):
        with environment(http_proxy="http://p:1", https_proxy="http://p:2", all_proxy="http://p:3"):
            for host in (
                "127.0.0.1",
                "127.8.9.1:80",
                "localhost",
                "LOCALHOST:1",
                "[::1]:8080",
                "[::ffff:127.0.0.1]",
            ):
                for scheme in ("http", "https", "ws", "wss"):
                    self.assertIsNone(proxy_of(f"{scheme}://{host}"), host)

    def test_others_have_that_of_their_scheme_but_for_no_proxy(self):
        with environment(
            http_proxy="http://p:1", HTTPS_PROXY="q:2", no_proxy="example.org,10.0.0.1"
        ):
            self.assertEqual(proxy_of("http://192.0.2.1"), "http://p:1")
            self.assertEqual(proxy_of("https://host:8080"), "http://q:2")
            self.assertEqual(proxy_of("wss://host"), "http://q:2")
            for url in ("http://example.org:8080", "ws://sub.example.org", "https://10.0.0.1"):
                self.assertIsNone(proxy_of(url))
        with environment(http_proxy="http://p:1"):
            self.assertEqual((proxy_of("ws://host"), proxy_of("wss://host")), ("http://p:1", None))

    def test_it_is_shown_without_its_password(self):
        self.assertEqual(shown("http://ann:p@ss@proxy:3128"), "http://proxy:3128")


class ProxyTest(EnvTest):
    def use(self, **variables):
        patch = environment(**variables)
        patch.start()
        self.addCleanup(patch.stop)

    def through(self):
        proxy = ForwardProxy(server())
        self.addCleanup(proxy.close)
        self.use(http_proxy=proxy.url)
        return proxy

    def asks(self):
        """Ways to ask a server elsewhere by way of a proxy."""
        yield Client(f"http://{ELSEWHERE}").models
        if dima.websocket._PROXIES:
            yield lambda: RemoteParallelEnv(f"ws://{ELSEWHERE}")

    def test_a_server_on_this_machine_is_reached_past_them(self):
        dead = "http://127.0.0.1:9"
        self.use(http_proxy=dead, https_proxy=dead, all_proxy=dead, ws_proxy=dead)
        env = self.env()
        env.reset(seed=1)
        env.step(some_actions(1))
        self.assertEqual(len(Client(server()).models()), 1)

    def test_pages_elsewhere_go_through_theirs(self):
        proxy = self.through()
        self.assertEqual(len(Client(f"http://{ELSEWHERE}").models()), 1)
        self.assertEqual(proxy.asked, [f"GET http://{ELSEWHERE}/v1/models HTTP/1.1"])

    def test_sockets_elsewhere_go_through_theirs(self):
        if not dima.websocket._PROXIES:
            return  # older packages have no proxies; the next test says what they say then
        proxy = self.through()
        env = RemoteParallelEnv(f"ws://{ELSEWHERE}")
        self.addCleanup(env.close)
        env.reset(seed=1)
        env.step(some_actions(1))
        self.assertEqual(proxy.asked[0], f"CONNECT {ELSEWHERE} HTTP/1.1")

    def test_a_proxy_that_fails_is_named_without_its_password(self):
        self.use(http_proxy="http://ann:secret@127.0.0.1:9")
        with self.refused(
            "connection_failed", "proxy http://127.0.0.1:9", "no_proxy", "192.0.2.1"
        ) as page:
            Client(f"http://{ELSEWHERE}").models()
        self.assertNotIn("secret", str(page.error))
        if dima.websocket._PROXIES:
            with self.refused(
                "connection_failed", "proxy http://127.0.0.1:9", "no_proxy"
            ) as refusal:
                RemoteParallelEnv(f"ws://{ELSEWHERE}", timeout=5)
            self.assertNotIn("secret", str(refusal.error))
        else:
            error = dima.websocket.unreachable(f"ws://{ELSEWHERE}", OSError("gone"), False)
            self.assertIn("proxy http://127.0.0.1:9 was not asked", str(error))

    def test_a_proxy_that_is_none_is_named_without_its_password(self):
        self.use(http_proxy="gopher://ann:secret@127.0.0.1:9")
        for ask in self.asks():
            with self.refused("connection_failed", "proxy gopher://127.0.0.1:9") as refusal:
                ask()
            self.assertNotIn("secret", str(refusal.error))

    def test_an_answer_of_the_proxy_itself_is_told_from_the_servers(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def refuse() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                client.recv(65536)
                client.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                client.close()

        threading.Thread(target=refuse, daemon=True).start()
        port = listener.getsockname()[1]
        self.use(http_proxy=f"http://127.0.0.1:{port}")
        for ask in self.asks():
            with self.refused("connection_failed", f"proxy http://127.0.0.1:{port}", "403"):
                ask()


class AddressTest(EnvTest):
    def test_an_address_with_a_password_is_refused_without_it(self):
        for url in (
            "ws://ann:secret@127.0.0.1:8080",
            "ftp://ann:secret@host",
            "ws://ann:secret@:x",
        ):
            with self.assertRaises(DimaError) as refused:
                Client(url)
            self.assertEqual(refused.exception.code, "invalid_request")
            self.assertNotIn("secret", str(refused.exception))
