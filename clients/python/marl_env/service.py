"""What one server serves: environments by name, and room for sessions."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Mapping, Optional

from .errors import BridgeError
from .factory import make_vector_env

PROTOCOL = "marl-env/1"
VERSION = "0.1.0"


class Service:
    """Shared by all sessions of a server, from any thread.

    makers        name -> factory
    declared      what adapters are told of every environment, see ``serve``
    max_sessions  at the same time; None: any number
    """

    def __init__(
        self,
        makers: Mapping[str, Callable[..., Any]],
        declared: Optional[Mapping[str, Any]] = None,
        max_sessions: Optional[int] = None,
    ) -> None:
        self._makers = dict(makers)
        self._declared = dict(declared or {})
        self._max = max_sessions
        self._sessions = 0
        self._lock = threading.Lock()

    def hello(self) -> Dict[str, Any]:
        """The first message on every socket."""
        server = f"marl_env {VERSION} (Python)"
        return {"type": "hello", "proto": PROTOCOL, "server": server, "envs": list(self._makers)}

    def make(self, name: Any, num_envs: int, seed: Optional[int], options: Any) -> Any:
        """A VectorEnv of N copies, which takes the room of one session until ``release``."""
        if not isinstance(name, str) or name not in self._makers:
            known = ", ".join(self._makers)
            raise BridgeError(
                "unknown_env", f"there is no environment {name!r} here; served: {known}"
            )
        self._take()
        try:
            maker = self._makers[name]
            return make_vector_env(maker, num_envs, seed, options, self._declared)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        with self._lock:
            self._sessions -= 1

    def _take(self) -> None:
        with self._lock:
            if self._max is not None and self._sessions >= self._max:
                raise BridgeError(
                    "unsupported", f"there is room for {self._max} session(s), all taken"
                )
            self._sessions += 1
