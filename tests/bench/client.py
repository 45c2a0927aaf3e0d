"""The bundled client: `python -m tests.bench.client` reads a plan as JSON and prints a sample.

It runs in a process of its own, so that what it costs is seen, and does no more than it must: the
requests are made by `talks`, and of an answer it reads the status and the length.
"""

import asyncio
import contextlib
import re
import sys
import time

import msgspec
import uvloop
from msgspec import Struct

from tests.bench.latencies import percentiles
from tests.bench.talks import Chain, Cycle, Mixed, Same, Talk, Unique

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Plan(Struct, frozen=True):
    """Whom to ask what, on how many connections, for how many seconds.

    `pause` is how many seconds each connection waits before it asks again. An answer that is no
    success ends it unless `may_refuse`.
    """

    port: int
    talk: Same | Cycle | Unique | Mixed | Chain
    connections: int
    seconds: float
    pause: float = 0.0
    may_refuse: bool = False


class RefusedError(Exception):
    """An answer was no success; the message is its status and body."""


async def play(plan: Plan) -> dict[str, float]:
    """Give the rate of answers, and the percentiles of their latencies.

    What was asked in time is counted when it is answered, and the time ends with the last answer: a
    server that works at all requests at once answers them in bursts.
    """
    began = time.perf_counter()
    until = began + plan.seconds
    asking = (_ask(plan, plan.talk.on(number), until) for number in range(plan.connections))
    latencies = [each for some in await asyncio.gather(*asking) for each in some]
    return {"rate": len(latencies) / (time.perf_counter() - began)} | percentiles(latencies)


async def _ask(plan: Plan, talk: Talk, until: float) -> list[float]:
    """Ask on one connection until the time is over; give the milliseconds of each answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
    took: list[float] = []
    request = next(talk)
    while (began := time.perf_counter()) < until:
        writer.write(request)
        answer = await _answer(reader, may_refuse=plan.may_refuse)
        took.append((time.perf_counter() - began) * 1000)
        request = talk.send(answer)
        if plan.pause:
            await asyncio.sleep(plan.pause)
    writer.close()
    return took


async def _answer(reader: asyncio.StreamReader, *, may_refuse: bool) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    body = await reader.readexactly(int(length[1])) if length else b""
    if not may_refuse and not head.startswith(b"HTTP/1.1 2"):
        status = head.partition(b"\r\n")[0].decode(errors="replace")
        raise RefusedError(f"{status} {body.decode(errors='replace')}")
    return body


def main() -> None:
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            sample = uvloop.run(play(plan))
        except (OSError, EOFError, RefusedError, ValueError) as error:
            sys.exit(f"{type(error).__name__}: {error}")
        sys.stdout.write(msgspec.json.encode(sample).decode())


if __name__ == "__main__":
    main()
