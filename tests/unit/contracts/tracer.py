"""What every `Tracer` does."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from application.errors import DatabaseUnavailable
from application.ports.tracer import SpanKind, Tracer
from domain.user.errors import UserNotFound


@dataclass(frozen=True)
class Seen:
    """A span as it was written down; `parent` is the name of the one around it."""

    name: str
    parent: str | None
    attributes: Mapping[str, object]
    failure: str | None


Spans = Callable[[], dict[str, Seen]]
"""Gives every span that is over, by its name."""


class TracerContract:
    """Give it a `tracer`, and its `spans`, by fixtures."""

    async def test_spans_within_spans_are_their_parts(self, tracer: Tracer, spans: Spans) -> None:
        with tracer.span("outer"):
            await asyncio.sleep(0)
            with tracer.span("inner", kind=SpanKind.CLIENT):
                await asyncio.sleep(0)
        with tracer.span("next"):
            pass

        parents = {name: span.parent for name, span in spans().items()}
        assert parents == {"outer": None, "inner": "outer", "next": None}

    async def test_tasks_that_run_at_once_keep_apart(self, tracer: Tracer, spans: Spans) -> None:
        async def work(number: int) -> None:
            with tracer.span(f"outer {number}"):
                await asyncio.sleep(0)
                with tracer.span(f"inner {number}"):
                    await asyncio.sleep(0)

        await asyncio.gather(*map(work, range(20)))

        seen = spans()
        assert [seen[f"inner {n}"].parent for n in range(20)] == [f"outer {n}" for n in range(20)]

    def test_a_span_learns_while_it_lasts(self, tracer: Tracer, spans: Spans) -> None:
        with tracer.span("GET", {"http.request.method": "GET"}) as span:
            span.rename("GET /things")
            span.set("http.response.status_code", 200)

        attributes = spans()["GET /things"].attributes
        assert attributes["http.request.method"] == "GET"
        assert attributes["http.response.status_code"] == 200

    @pytest.mark.parametrize(
        ("error", "failure"),
        [
            (LookupError("a value"), "LookupError"),
            (DatabaseUnavailable(), "SERVICE_UNAVAILABLE"),
            (UserNotFound(), None),
        ],
    )
    def test_an_error_of_ours_is_a_failure_and_a_callers_is_not(
        self, tracer: Tracer, spans: Spans, error: Exception, failure: str | None
    ) -> None:
        with pytest.raises(type(error)), tracer.span("work"):
            raise error

        assert spans()["work"].failure == failure

    def test_a_failure_can_be_said(self, tracer: Tracer, spans: Spans) -> None:
        with tracer.span("work") as span:
            span.fail("REQUEST_TIMEOUT")

        assert spans()["work"].failure == "REQUEST_TIMEOUT"

    @pytest.mark.parametrize("parent", [{}, {"traceparent": "nonsense"}])
    def test_no_headers_and_broken_ones_do_no_harm(
        self, tracer: Tracer, spans: Spans, parent: Mapping[str, str]
    ) -> None:
        with tracer.span("work", parent=parent):
            pass

        assert "work" in spans()
