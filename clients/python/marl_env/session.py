"""One socket's session: requests in, answers out; no sockets and no threads in here."""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from typing import Any, Callable, Dict, Optional, Tuple

import numpy as np

from . import requests
from .declared import Declared
from .errors import BridgeError
from .guarded import guarded
from .results import Results, as_numpy
from .service import Service
from .wire import LARGEST, pack

log = logging.getLogger("marl_env")


class Session:
    """The state of one session of N copies. Everything here runs on the session's worker."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._env: Any = None
        self._seed: Optional[int] = None
        self._begun = False  # all copies have been reset
        self._ended = np.zeros(0, bool)  # [N], copies that ended in the last step
        self._requests: Dict[str, Callable[[Dict[str, Any]], Dict[str, Any]]] = {
            "make": self._make,
            "reset": self._reset,
            "step": self._step,
            "render": self._render,
            "close": self._close,
        }

    def hello(self) -> bytes:
        return pack(self._service.hello())

    def answer(self, frame: Any) -> Tuple[bytes, bool]:
        """The answer to one frame, and whether it is the last."""
        number: Optional[int] = None
        try:
            number, message = requests.read_request(frame)
            fields = self._handle(message)
            reply = pack(dict(fields, id=number))
            if len(reply) > LARGEST:
                raise BridgeError("unsupported", f"the answer has {len(reply)} bytes, too many")
            return reply, fields["type"] == "closed"
        except BridgeError as error:
            return _refusal(number, error), error.fatal
        except Exception:
            log.exception("an answer failed")
            fault = BridgeError("internal", "the server failed; its log tells more", fatal=True)
            return _refusal(number, fault), True

    def end(self) -> None:
        """Closes the environment, if there is one."""
        env, self._env = self._env, None
        if env is None:
            return
        with contextlib.suppress(BridgeError):
            guarded("close", env.close)
        self._service.release()

    def _handle(self, message: Dict[str, Any]) -> Dict[str, Any]:
        kind = message.get("type")
        if not isinstance(kind, str) or kind not in self._requests:
            known = ", ".join(self._requests)
            raise BridgeError(
                "unsupported", f"there is no request {str(kind)[:40]!r}; known: {known}"
            )
        if self._env is None and kind not in ("make", "close"):
            raise BridgeError("not_made", f"{kind} before make")
        return self._requests[kind](message)

    def _make(self, message: Dict[str, Any]) -> Dict[str, Any]:
        if self._env is not None:
            raise BridgeError(
                "already_made", "this session has its environment: open another socket"
            )
        name, num_envs = message.get("env"), requests.copies(message)
        self._seed = requests.first_seed(message)
        options = message.get("options")
        options = {} if options is None else options
        self._env = self._service.make(name, num_envs, self._seed, options)
        try:
            self._declared = guarded("the environment", lambda: Declared(self._env, num_envs))
        except BridgeError:
            self.end()
            raise
        self._results = Results(self._declared)
        self._begun, self._ended = False, np.zeros(num_envs, bool)
        log.info("%s: %d copies", name, num_envs)
        return dict(self._declared.message(), session=uuid.uuid4().hex, env=name)

    def _reset(self, message: Dict[str, Any]) -> Dict[str, Any]:
        count = self._declared.num_envs
        mask = requests.mask(message.get("mask"), count)
        seeds = requests.seeds(message.get("seed"), count)
        if mask is not None and not self._declared.subset_reset:
            raise BridgeError("unsupported", "this environment has no reset with a mask")
        if mask is not None and not (self._begun or mask.all()):
            raise BridgeError("no_episode", "the first reset has to be of all copies")
        if seeds is None:  # the first of such resets has the seed of make
            seeds, self._seed = requests.seeds(self._seed, count), None
        # Until it has worked, nothing is known of any copy.
        self._begun = False
        result = guarded("reset", self._env.reset, seeds, mask)
        fields = guarded("reset", self._results.observed, result)
        self._begun = True
        self._ended &= False if mask is None else ~mask
        return dict(fields, type="reset_ok")

    def _step(self, message: Dict[str, Any]) -> Dict[str, Any]:
        if not self._begun:
            raise BridgeError("no_episode", "step before the first reset, or after a failure")
        if self._declared.autoreset == "disabled" and self._ended.any():
            which = ", ".join(map(str, np.flatnonzero(self._ended)[:8]))
            raise BridgeError("no_episode", f"the episode is over in copy {which}: reset it first")
        actions = requests.joint_action(message.get("actions"), self._declared)
        self._begun = False
        began = time.perf_counter()
        result = guarded("step", self._env.step, actions)
        took = time.perf_counter() - began
        fields = guarded("step", self._results.stepped, result, self._ended)
        self._begun, self._ended = True, (fields["terminated"] | fields["truncated"]).astype(bool)
        return dict(fields, type="step_ok", timing_ms=round(1000 * took, 4))

    def _render(self, message: Dict[str, Any]) -> Dict[str, Any]:
        copy = requests.one_copy(message.get("copy"), self._declared.num_envs)
        image = as_numpy(guarded("render", self._picture, copy), "the picture")
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            shape = list(image.shape)
            raise BridgeError(
                "unsupported", f"the picture is {image.dtype} {shape}, not |u1 [h, w, 3]"
            )
        return {"type": "render_ok", "image": np.ascontiguousarray(image)}

    def _picture(self, copy: int) -> Any:
        try:
            if hasattr(self._env, "render"):
                return self._env.render(copy)
        except NotImplementedError:
            pass
        raise BridgeError("unsupported", "this environment has no pictures")

    def _close(self, _: Dict[str, Any]) -> Dict[str, Any]:
        self.end()
        return {"type": "closed"}


def _refusal(number: Optional[int], error: BridgeError) -> bytes:
    return pack(
        {
            "type": "error",
            "re": number,
            "code": error.code,
            "message": error.message,
            "fatal": error.fatal,
        }
    )
