"""A wire between client and server that tests cut."""

from __future__ import annotations

import itertools
import socket
import threading
from typing import List, Optional, Tuple
from urllib.parse import urlsplit


class Proxy:
    """Passes bytes on, until it is told not to.

    cut()          breaks all connections that are open
    swallow_next() the next bytes of the server are thrown away and the connection is broken: the
                   server has answered and the client will never know
    mute           while it is true nothing that the server says gets through
    cut_requests   while it is true a connection breaks when a request is sent through it
    refuse()       breaks all and takes no new ones
    """

    def __init__(self, target: str) -> None:
        split = urlsplit(target)
        self._target = (split.hostname, split.port)
        self._pairs: List[Tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._swallow = threading.Event()
        self.connections = 0
        self.cut_requests = False
        self.mute = False
        self._listener: Optional[socket.socket] = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"
        self._serve(self._listener)

    def cut(self) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _break(pair)

    def swallow_next(self) -> None:
        self._swallow.set()

    def refuse(self) -> None:
        if self._listener is not None:
            # shutdown wakes the accept that would keep the port open
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.cut()

    def accept_again(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._serve(self._listener)

    def _serve(self, listener: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            pair = (client, server)
            with self._lock:
                self._pairs.append(pair)
                self.connections += 1
            for source, sink, from_server in ((client, server, False), (server, client, True)):
                pump = threading.Thread(target=self._pump, args=(source, sink, pair, from_server))
                pump.daemon = True
                pump.start()

    def _pump(
        self, source: socket.socket, sink: socket.socket, pair: tuple, from_server: bool
    ) -> None:
        try:
            for chunk in itertools.count():
                data = source.recv(65536)
                if not data:
                    break
                if from_server and self._swallow.is_set():
                    self._swallow.clear()
                    break
                if from_server and self.mute:
                    continue
                # The first that a client says is the upgrade.
                if not from_server and self.cut_requests and chunk > 0:
                    break
                sink.sendall(data)
        except OSError:
            pass
        _break(pair)


def _break(pair: tuple) -> None:
    for end in pair:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()
