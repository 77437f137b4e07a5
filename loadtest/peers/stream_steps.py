"""Steps live sessions over /v1/stream with nothing of ours: Debian's websockets, msgpack and numpy.

Usage: stream_steps.py ws://127.0.0.1:PORT/v1/stream SESSIONS SECONDS ACTION_SIZE
Prints one line of JSON: steps, seconds, latencies in milliseconds, and what was wrong.
"""

import asyncio
import json
import sys
import time

import msgpack
import numpy as np
import websockets


def tensor(array):
    return {"__ndarray__": True, "dtype": array.dtype.str, "shape": list(array.shape), "data": array.tobytes()}


def numbers(marker):
    return np.frombuffer(marker["data"], marker["dtype"]).reshape(marker["shape"])


class Stream:
    """Replies to session messages come in the order of their requests."""

    def __init__(self, socket):
        self.socket = socket
        self.waiting = asyncio.Queue()
        self.next_id = 1

    async def ask(self, **message):
        request_id, self.next_id = self.next_id, self.next_id + 1
        answer = asyncio.get_running_loop().create_future()
        self.waiting.put_nowait((request_id, answer))
        await self.socket.send(msgpack.packb({**message, "id": request_id}))
        return await answer

    async def read(self):
        async for frame in self.socket:
            reply = msgpack.unpackb(frame)
            request_id, answer = self.waiting.get_nowait()
            if reply["id"] != request_id:
                answer.set_exception(RuntimeError("out of order"))
            elif reply["type"] != "reply":
                answer.set_exception(RuntimeError(reply["problem"]["code"]))
            else:
                answer.set_result(reply)


async def control(stream, seed, until, action_size, latencies):
    """One controller: opens a session, steps it until time is up, checks what it sees, closes it."""
    session = await stream.ask(type="create", seed=seed, autoreset="same_step")
    rng = np.random.default_rng(seed)
    agents = len(session["agents"])
    step_id = 0
    while time.perf_counter() < until:
        actions = rng.uniform(-1, 1, (agents, action_size)).astype("<f4")
        began = time.perf_counter()
        reply = await stream.ask(type="step", session_id=session["session_id"], actions=tensor(actions))
        latencies.append(1000 * (time.perf_counter() - began))
        step_id += 1
        assert reply["step_id"] == step_id == reply["committed_step_id"]
        assert np.isfinite(numbers(reply["state"])).all()
        assert set(reply["observations"]) == set(session["agents"])
    await stream.ask(type="close", session_id=session["session_id"])


async def main(url, sessions, seconds, action_size):
    latencies = []
    async with websockets.connect(url, subprotocols=["dima.v1.msgpack"], compression=None, max_size=None) as socket:
        metadata = msgpack.unpackb(await socket.recv())
        assert metadata["type"] == "metadata" and metadata["protocol"] == "dima-stream/1"
        stream = Stream(socket)
        reading = asyncio.create_task(stream.read())
        began = time.perf_counter()
        controllers = [control(stream, seed, began + seconds, action_size, latencies) for seed in range(sessions)]
        wrong = [repr(error) for error in await asyncio.gather(*controllers, return_exceptions=True) if error]
        took = time.perf_counter() - began
        reading.cancel()
    p50, p99 = (float(q) for q in np.percentile(latencies, [50, 99])) if latencies else (None, None)
    print(json.dumps({"steps": len(latencies), "seconds": took, "p50": p50, "p99": p99, "wrong": wrong}))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
