"""What needs no socket: which models there are, whole rollouts, and what a policy does."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl as tls
import urllib.error
import urllib.request
from typing import Any, Dict, Iterator, List, Optional
from urllib.parse import quote, urlsplit

import numpy as np

from .address import address_of
from .errors import DimaError
from .plan import plan_fields, planned
from .policy import act_fields
from .proxies import opener, proxy_of, shown
from .replies import with_arrays
from .starts import start_fields
from .wire import pack, unpack

_MSGPACK = "application/msgpack"


class Client:
    """A server's pages.

    url      ``http://127.0.0.1:8080``; ws, wss and https do as well
    key      of the server's operator, if it wants one
    timeout  seconds without a byte after which an answer is given up: DimaError ``timeout``
    ssl      an ``ssl.SSLContext`` for certificates that the system does not trust
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        *,
        key: Optional[str] = None,
        timeout: float = 120.0,
        ssl: Optional[tls.SSLContext] = None,
    ) -> None:
        self.url = address_of(url).pages
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._timeout = timeout
        self._ssl = ssl

    def models(self) -> List[Dict[str, Any]]:
        """What is served: dictionaries with name, environment, agents, horizon, versions."""
        return self._ask("/v1/models")["models"]

    def model(self, name: str) -> Dict[str, Any]:
        """One model by name, name@version or name@label: agents, spaces, scores, examples, ..."""
        return self._ask(f"/v1/models/{quote(name, safe='@')}")

    def act(
        self,
        observations: Any,
        *,
        model: Optional[str] = None,
        mode: Optional[str] = None,
        seed: Optional[int] = None,
        step: Optional[int] = None,
        deadline_ms: Optional[int] = None,
    ) -> Dict[str, Any]:
        """What the model's own policy does: observations in, actions out.

        observations  [O] by agent, or [B, O] of B rows; agents that are left out are shown to the
                      policy as zeros, and have no action in the reply
        mode          "sample" (the server's default) or "mean"
        seed, step    what is drawn is a function of seed, step and row: count step up in a loop

        Returns actions [A] by agent, or [B, A], inside their space; and model, mode, seed, step, timing.
        DimaError ``no_policy`` where the model has none, ``invalid_shape``, ``unknown_agent``, ...
        """
        fields = act_fields(
            observations, model=model, mode=mode, seed=seed, step=step, deadline_ms=deadline_ms
        )
        return with_arrays(self._ask("/v1/policy/act", fields))

    def rollout(self, starts: Any, actions: Any = None, **options: Any) -> Dict[str, Any]:
        """Imagines joint trajectories in one request.

        starts   one for each row, or a single one for all rows: ``{"states": [l, S], "actions":
                 [l-1, N, A]}`` with the latest states of the environment, oldest first; or an
                 array [B, S] of states alone
        actions  [B, H, N, A], agents in the order of the model; None when a policy acts for all
        options  model, seed, plan, order, observations ("exact" or "decoded"), outputs, samples,
                 quantiles, policy, horizon, deadline_ms

        Returns arrays by name: states [B, H, S], observations by agent [B, H, O], rewards [B, H],
        terminations [B, H], termination_probabilities [B, H], lengths [B], ood [B, H]; and model,
        seed, plan, options (what else was chosen), clipped_actions, timing.
        """
        return with_arrays(self._ask("/v1/rollout", rollout_fields(starts, actions, options)))

    def plan(self, start: Any = None, **options: Any) -> Dict[str, Any]:
        """Looks for the joint actions that the model expects most of: model-predictive control.

        start    ``{"states": [l, S], "actions": [l-1, N, A]}``, the latest states of the environment,
                 oldest first; or ``session_id`` among the options
        options  model, method ("icem", "mppi", "cem"), horizon, population, iterations, elites, beta,
                 coordinate, agents, others, given, prior, constraints, objective, seed, deadline_ms,
                 warm_start (of the plan before, with steps: how many of its actions were taken since),
                 pending_actions [P, N, A] that will be taken before the answer is there

        Returns actions [H, N, A], first [A] by agent, expected_return, return_deviation,
        terminal_value, states [H, S], ood [H], mean and std [H, N, A], warm_start, imagined_steps,
        stopped ("done" or "deadline"), seed, timing. What docs/planning.md says of them.
        """
        return planned(self._ask("/v1/plan", plan_fields(start, options)))

    def rollout_stream(
        self, starts: Any, actions: Any = None, **options: Any
    ) -> Iterator[Dict[str, Any]]:
        """Yields what is imagined while it is imagined, also past the horizon of the model.

        First a dictionary of type "start", then for each step one of type "step" with t,
        states [B, S], observations by agent [B, O], rewards [B], terminations [B], with a policy the
        actions taken [B, N, A], and last one of type "end" with lengths [B]. Leaving the loop early ends the work on the server.
        """
        return self._events(pack(rollout_fields(starts, actions, options)))

    def _events(self, body: bytes) -> Iterator[Dict[str, Any]]:
        with self._open("/v1/rollout/stream", body, accept="application/x-ndjson") as lines:
            event: Dict[str, Any] = {}
            for line in lines:
                event = json.loads(line)
                if event["type"] == "error":
                    raise DimaError.from_problem(event["problem"])
                yield with_arrays(event)
            if event.get("type") != "end":
                raise DimaError("connection_lost", "the stream broke off before its end")

    def _ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else pack(body)
        with self._open(path, data, accept=_MSGPACK) as response:
            return unpack(response.read())

    @contextlib.contextmanager
    def _open(self, path: str, data: Optional[bytes], accept: str) -> Iterator[Any]:
        headers = {**self._headers, "accept": accept}
        if data:
            headers["content-type"] = _MSGPACK
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with opener(self.url, self._ssl).open(request, timeout=self._timeout) as response:
                yield response
        except urllib.error.HTTPError as error:
            raise refusal(error.code, error.read(), self.url) from None
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(self.url, error) from error


def refusal(status: int, body: bytes, url: str) -> DimaError:
    """Of an answer that is an error; others than our server answer without problem details."""
    try:
        return DimaError.from_problem(json.loads(body)) if body else _stranger(status, url)
    except (ValueError, AttributeError):
        return _stranger(status, url)


def _stranger(status: int, url: str) -> DimaError:
    proxy = proxy_of(url)
    return DimaError(
        "connection_failed",
        f"{url}{_by_way_of(proxy)} answered HTTP {status}, and not as a DIMA server does",
        hint=_around(url) if proxy else "Is this the address of the server, and of nothing else?",
    )


def unreachable(url: str, error: BaseException, proxied: bool = True) -> DimaError:
    """Of an address where nothing answers.

    proxied  whether the proxy of the environment was asked, where there is one
    """
    proxy = proxy_of(url)
    reason = getattr(error, "reason", error)
    where = f"{url}{_by_way_of(proxy)}" if proxied else url
    if isinstance(reason, TimeoutError):
        return DimaError("timeout", f"{where} did not answer in time", hint=_hint(url, proxied))
    told = str(reason).replace(proxy, shown(proxy)) if proxy else str(reason)
    return DimaError(
        "connection_failed",
        f"no server at {where}: {told or type(error).__name__}",
        hint=_hint(url, proxied),
    )


def _hint(url: str, proxied: bool) -> str:
    proxy = proxy_of(url)
    if proxy is None:
        return "Is the server running there? `npm start` starts one at 127.0.0.1:8080."
    if proxied:
        return _around(url)
    return f"The proxy {shown(proxy)} was not asked: that needs websockets 15 or later."


def _by_way_of(proxy: Optional[str]) -> str:
    return "" if proxy is None else f" by way of the proxy {shown(proxy)}"


def _around(url: str) -> str:
    host = urlsplit(url).hostname
    return f"The environment names that proxy; with {host} in no_proxy it is not asked."


def rollout_fields(starts: Any, actions: Any, options: Dict[str, Any]) -> Dict[str, Any]:
    """The fields of a rollout. DimaError ``invalid_request`` or ``invalid_shape``."""
    fields = {"starts": _starts(starts), **options}
    if actions is not None:
        fields["actions"] = _numbers(actions, "actions")
    return fields


def _starts(starts: Any) -> List[Dict[str, Any]]:
    if isinstance(starts, np.ndarray):
        starts = [{"states": state[None]} for state in np.atleast_2d(starts)]
    elif isinstance(starts, dict):
        starts = [starts]
    return [start_fields(start, f"starts[{row}]") for row, start in enumerate(starts)]


def _numbers(values: Any, field: str) -> np.ndarray:
    try:
        return np.asarray(values, np.float32)
    except (TypeError, ValueError) as error:
        raise DimaError("invalid_shape", f"{field} is not one array of numbers: {error}") from None

