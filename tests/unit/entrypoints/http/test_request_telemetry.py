"""Metrics, server span and access log of a request are recorded when it ends, in its context."""

import asyncio
from typing import cast

import pytest

from adapters.memory.meter import MemoryMeter
from adapters.memory.tracer import MemoryTracer, NullTracer
from application.context import call_context
from application.metrics import ERRORS, HTTP_REQUESTS
from application.ports.tracer import SpanKind
from application.telemetry import AnsweredRequest, Telemetry
from application.use_cases import UseCases
from entrypoints.http.app import create_app
from tests.unit.entrypoints.http.conftest import World, call
from tests.unit.entrypoints.http.raw import exchange


class AccessLog:
    def __init__(self) -> None:
        self.lines: list[tuple[str, AnsweredRequest]] = []

    def __call__(self, request: AnsweredRequest) -> None:
        self.lines.append((call_context.get().request_id, request))


@pytest.fixture
def log() -> AccessLog:
    return AccessLog()


async def test_a_request_is_recorded_before_the_server_hears_of_its_end(log: AccessLog) -> None:
    meter = MemoryMeter()
    telemetry = Telemetry(meter=meter, tracer=NullTracer(), log=log)
    app = create_app(cast("UseCases", World()), telemetry=telemetry)

    async with call(app) as client:
        for number, (method, path) in enumerate(
            [("GET", "/health"), ("HEAD", "/health"), ("BREW", "/nowhere")], 1
        ):
            await client.request(method, path, headers={"X-Request-ID": f"id-{number}"})
            assert len(log.lines) == number

    assert [
        (request_id, each.method, each.endpoint, each.status, each.response_size > 0)
        for request_id, each in log.lines
    ] == [
        ("id-1", "GET", "/health", 200, True),
        ("id-2", "HEAD", "/health", 200, False),
        ("id-3", "_OTHER", "unmatched", 404, True),
    ]
    assert meter.value(HTTP_REQUESTS, "GET", "/health", "200") == 1
    assert meter.value(HTTP_REQUESTS, "_OTHER", "unmatched", "404") == 1
    assert meter.value(ERRORS, "NOT_FOUND", "info") == 1


async def test_a_client_that_disconnects_is_recorded_as_499(log: AccessLog) -> None:
    telemetry = Telemetry(meter=MemoryMeter(), tracer=NullTracer(), log=log)

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def app(*_: object) -> None:
        await asyncio.Event().wait()

    assert await asyncio.wait_for(exchange(app, receive, telemetry=telemetry), 5) == []

    assert [each.status for _, each in log.lines] == [499]


async def test_the_server_span_is_named_by_its_route(log: AccessLog) -> None:
    tracer = MemoryTracer()
    telemetry = Telemetry(meter=MemoryMeter(), tracer=tracer, log=log)
    app = create_app(cast("UseCases", World()), telemetry=telemetry)

    async with call(app) as client:
        await client.get("/health/live", headers={"traceparent": "00-ab-cd-01"})

    (span,) = tracer.spans
    assert (span.name, span.kind, span.parent) == (
        "GET /health/live",
        SpanKind.SERVER,
        "00-ab-cd-01",
    )
    assert span.attributes["http.route"] == "/health/live"
    assert span.attributes["http.response.status_code"] == 200
