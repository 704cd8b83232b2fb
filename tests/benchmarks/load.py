"""A load generator in a process of its own, light on CPU: it shares the cores with the web.

Each connection sends its next request as soon as the last answer is whole. Requests are made
from the lines of a plan (JSON on standard input):

    {"host", "port", "connections", "warm_up", "seconds", "method", "path", "headers", "body",
     "codes", "once"}

`path`, `headers` and `body` may hold `{n}` (a number never used before in this run), `{address}`
(an IP address of its own for each), `{code}` (one of `codes`) and `{once}` (the next of `once`).
What was answered in the measured time is written to standard output:

    {"statuses": {"201": 1234}, "measured": 1000, "seconds": 5.0, "p50": 0.004, "p95": 0.006}

`statuses` counts every answer, `measured` those after the warm-up; times are in seconds.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from typing import Any

_HEAD_END = b"\r\n\r\n"


class Caller(asyncio.Protocol):
    """One kept-alive connection that never waits between an answer and the next request."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(_HEAD_END)
        if not found or len(body) < _length(head):
            return
        self._received = b""
        self._run.answered(int(head[9:12]), self._sent_at)
        if self._run.over:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.left(lost=not self._run.over)

    def _send(self) -> None:
        request = self._run.next_request()
        self._sent_at = time.perf_counter()
        self._transport.write(request)


class Run:
    """The plan, what was answered so far, and when it ends."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._number = 0
        self._prefix = f"{time.time_ns():x}"
        self._body = str(plan.get("body", ""))
        headers = "".join(f"{name}: {value}\r\n" for name, value in plan["headers"].items())
        self._head = f"{plan['method']} {plan['path']} HTTP/1.1\r\n{headers}"
        self._codes: list[str] = plan.get("codes") or [""]
        self._once: list[str] = plan.get("once") or []
        self.statuses: Counter[int] = Counter()
        self.times: list[float] = []
        self.last = 0.0
        self._open = int(plan["connections"])
        self.finished = asyncio.get_running_loop().create_future()
        self.begins = time.perf_counter() + float(plan["warm_up"])
        self.ends = self.begins + float(plan["seconds"])

    @property
    def over(self) -> bool:
        return time.perf_counter() >= self.ends

    def next_request(self) -> bytes:
        self._number += 1
        number = f"{self._prefix}-{self._number}"
        code = random.choice(self._codes)
        count = self._number
        values = {
            "{n}": number,
            "{code}": code,
            "{address}": f"10.{count >> 16 & 255}.{count >> 8 & 255}.{count & 255}",
            "{once}": self._once[count - 1] if self._once else "",
        }
        text, head = self._body, self._head
        for name, value in values.items():
            text, head = text.replace(name, value), head.replace(name, value)
        body = text.encode()
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        return f"{head}{length}\r\n".encode() + body

    def answered(self, status: int, sent_at: float) -> None:
        now = time.perf_counter()
        self.statuses[status] += 1
        if self.begins <= now < self.ends:
            self.times.append(now - sent_at)

    def left(self, *, lost: bool) -> None:
        self._open -= 1
        if lost and not self.finished.done():
            self.finished.set_exception(ConnectionError("the server closed a connection"))
        elif self._open == 0 and not self.finished.done():
            self.finished.set_result(None)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _perform(plan: dict[str, Any]) -> dict[str, Any]:
    run = Run(plan)
    loop = asyncio.get_running_loop()
    for _ in range(int(plan["connections"])):
        await loop.create_connection(lambda: Caller(run), plan["host"], plan["port"])
    await run.finished
    return {
        "statuses": dict(run.statuses),
        "measured": len(run.times),
        "seconds": plan["seconds"],
        "p50": percentile(run.times, 0.50),
        "p95": percentile(run.times, 0.95),
    }


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` of `values` lie; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


def run_load(plan: dict[str, Any]) -> dict[str, Any]:
    """Run this module in another process on a plan, and give what it found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_perform(json.load(sys.stdin)))))  # noqa: T201
