"""Requests that are measured and told of a little later, together."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.memory.meter import MemoryMeter
from adapters.memory.tracer import NullTracer
from application.context import CallContext, call_context
from application.metrics import HTTP_REQUESTS
from application.telemetry import AnsweredRequest, Telemetry
from entrypoints.http.middleware.telemetry import TelemetryMiddleware

LONG = 60.0
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Told:
    """Remembers who was told of in whose context."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.heard_two = asyncio.Event()

    def __call__(self, done: AnsweredRequest) -> None:
        self.lines.append((call_context.get().request_id, done.method))
        if len(self.lines) > 1:
            self.heard_two.set()


async def answer(scope: dict[str, Any], receive: Callable[[], Any], send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        return
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Server:
    def __init__(self, gather: float) -> None:
        self.meter, self.told = MemoryMeter(), Told()
        telemetry = Telemetry(meter=self.meter, tracer=NullTracer(), tell=self.told, gather=gather)
        self.app: Any = TelemetryMiddleware(answer, telemetry)  # type: ignore[arg-type]  # as ASGI

    async def ask(self, request_id: str) -> None:
        async def send(_: object) -> None: ...

        token = call_context.set(CallContext(request_id=request_id))
        scope = {"type": "http", "method": "GET", "scheme": "http", "headers": []}
        await self.app(scope, None, send)
        call_context.reset(token)

    async def stop(self) -> None:
        async def receive() -> dict[str, str]:
            return {"type": "lifespan.shutdown"}

        await self.app({"type": "lifespan"}, receive, None)

    def counted(self) -> float:
        return self.meter.value(HTTP_REQUESTS, "GET", "unmatched", "204")


async def test_each_is_told_of_in_its_own_context() -> None:
    server = Server(gather=0.001)
    await server.ask("one")
    await server.ask("two")
    assert server.told.lines == []

    await asyncio.wait_for(server.told.heard_two.wait(), 5)

    assert server.told.lines == [("one", "GET"), ("two", "GET")]
    assert server.counted() == 2


async def test_a_server_that_stops_keeps_nothing_back() -> None:
    server = Server(gather=LONG)
    await server.ask("before")
    await server.stop()
    await server.ask("after")

    assert server.told.lines == [("before", "GET"), ("after", "GET")]
    assert server.counted() == 2


@pytest.mark.parametrize("gather", [0, LONG])
async def test_without_a_time_to_gather_in_each_is_told_of_at_once(gather: float) -> None:
    server = Server(gather)
    await server.ask("one")

    assert len(server.told.lines) == (not gather)
