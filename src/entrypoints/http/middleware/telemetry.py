"""Telemetry middleware: metrics, server span and access log of each request."""

import asyncio
import time
from collections.abc import Awaitable
from contextvars import Context, copy_context
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from application.context import call_context
from application.metrics import (
    ERRORS,
    HTTP_DURATION,
    HTTP_IN_FLIGHT,
    HTTP_REQUEST_SIZE,
    HTTP_REQUESTS,
    HTTP_RESPONSE_SIZE,
)
from application.ports.meter import Take
from application.ports.tracer import Span, SpanKind
from application.telemetry import AnsweredRequest, Telemetry
from domain.errors import Category
from entrypoints.http.errors import SERVER_ERRORS
from entrypoints.http.failures import Failure, failure_of

UNMATCHED: Final = "unmatched"
"""The endpoint of every path that no route has: labels must not grow with what callers make up."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TRACING: Final = {name.encode(): name for name in ("traceparent", "tracestate", "baggage")}
MAX_TRACING: Final = 1024
"""Bytes of each; a longer one is dropped (W3C Trace Context §3.3.1.5 asks for 512). The
propagators split at commas with blanks around them, which takes the square of a run of blanks."""
OTHER_METHOD: Final = "_OTHER"
"""As OpenTelemetry's conventions call methods that nobody knows."""
CLOSED_BY_CLIENT: Final = 499
"""The status in metrics and logs of a request whose caller went away; nobody was sent it."""

IN_FLIGHT_EVERY: Final = 0.1
"""Seconds between two measurements of the requests in flight: a gauge is read every few seconds."""


class TelemetryMiddleware:
    """Measures, traces and tells each request once, by the template of its route.

    `http.route` and `user` come from what the layers inside leave in the scope and the context.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry
        self._tracer = telemetry.tracer
        # As many as series: neither methods, nor templates, nor statuses are callers' to make up.
        self._series = lru_cache(None)(self._make_series)
        self._gather = telemetry.gather
        self._done: list[_Done] = []
        self._in_flight = 0
        self._is_due = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, self._until_the_end(receive), send)
            return
        watch = _Watch(scope, receive, send)
        if not self._tracer.is_on:
            await self._watched(scope, watch)
            return
        method = _method(scope)
        with self._tracer.span(
            method,
            {"http.request.method": method, "url.scheme": scope["scheme"]},
            kind=SpanKind.SERVER,
            parent=_trace_headers(scope),
        ) as span:
            try:
                await self._watched(scope, watch)
            finally:
                if span.is_recorded:
                    _describe(span, scope, watch, method)

    async def _watched(self, scope: HTTPScope, watch: "_Watch") -> None:
        self._in_flight += 1
        self._measure_soon()
        try:
            await self._app(scope, watch.receive, watch.send)
        finally:
            self._in_flight -= 1
            self._take(_Done(copy_context(), watch.answered(scope), failure_of(scope)))

    def _take(self, done: "_Done") -> None:
        if not self._gather:
            self._record(done.request, done.failure)
            return
        self._done.append(done)
        if len(self._done) == 1:
            asyncio.get_running_loop().call_later(self._gather, self._record_batch)

    def _record_batch(self) -> None:
        """Look at requests one after another.

        That takes a busy process half as long as to look at each in between the work for others.
        """
        every, self._done = self._done, []
        for done in every:
            done.context.run(self._record, done.request, done.failure)

    def _until_the_end(self, receive: Receive) -> Receive:
        """Gather nothing once the server stops."""

        async def receive_and_notice() -> Any:  # noqa: ANN401 - the framework's types know no end
            message = cast("dict[str, Any]", await receive())
            if message["type"] == "lifespan.shutdown":
                self._gather = 0
                self._record_batch()
            return message

        return receive_and_notice

    def _measure_soon(self) -> None:
        """Tell how many are in flight, some times a second while any request comes."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(IN_FLIGHT_EVERY, self._measure)

    def _measure(self) -> None:
        self._is_due = False
        self._telemetry.meter.set(HTTP_IN_FLIGHT, self._in_flight)
        if self._in_flight:
            self._measure_soon()

    def _record(self, done: AnsweredRequest, failure: Failure | None) -> None:
        if failure is not None:
            self._telemetry.meter.add(ERRORS, failure.code, _severity(failure))
        count, duration, request_size, response_size = self._series(
            done.method, done.endpoint, done.status
        )
        count(1)
        duration(done.seconds)
        request_size(done.request_size)
        response_size(done.response_size)
        self._telemetry.tell(done)

    def _make_series(self, method: str, endpoint: str, status: int) -> tuple[Take, ...]:
        bound = self._telemetry.meter.bound
        sizes = (bound(size, method, endpoint) for size in (HTTP_REQUEST_SIZE, HTTP_RESPONSE_SIZE))
        return (
            bound(HTTP_REQUESTS, method, endpoint, str(status)),
            bound(HTTP_DURATION, method, endpoint),
            *sizes,
        )


class _Done(NamedTuple):
    """An answered request, and the context that it was answered in."""

    context: Context
    request: AnsweredRequest
    failure: Failure | None


class _Watch:
    """Counts what passes in both directions."""

    def __init__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        self._began = time.perf_counter()
        self._receive = receive
        self._send = send
        # The method of HEAD is changed further inside.
        self._method = _method(scope)
        self.status = CLOSED_BY_CLIENT
        self._request_size = 0
        self._response_size = 0

    async def receive(self) -> HTTPReceiveMessage:
        message = cast("HTTPReceiveMessage", await self._receive())
        if message["type"] == "http.request":
            self._request_size += len(message.get("body", b""))
        return message

    def send(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self._response_size += len(message.get("body", b""))
        return self._send(message)

    def answered(self, scope: HTTPScope) -> AnsweredRequest:
        return AnsweredRequest(
            self._method,
            endpoint_of(scope),
            self.status,
            time.perf_counter() - self._began,
            self._request_size,
            self._response_size,
            call_context.get().client_address,
        )


def _severity(failure: Failure) -> str:
    """Say who has to act: somebody on the code, an operator, or the caller."""
    if failure.category is Category.INTERNAL:
        return "error"
    return "warning" if failure.category.is_ours else "info"


def endpoint_of(scope: HTTPScope) -> str:
    """Give the template of the route that a request found."""
    return scope.get("path_template") or UNMATCHED


def _method(scope: HTTPScope) -> str:
    return scope["method"] if scope["method"] in _METHODS else OTHER_METHOD


def _trace_headers(scope: HTTPScope) -> dict[str, str]:
    return {
        _TRACING[name]: value.decode("latin-1")
        for name, value in scope["headers"]
        if name in _TRACING and len(value) <= MAX_TRACING
    }


def _describe(span: Span, scope: HTTPScope, watch: _Watch, method: str) -> None:
    """Name the span by its route, as is known only now (OpenTelemetry, HTTP server spans)."""
    endpoint, context = endpoint_of(scope), call_context.get()
    span.rename(f"{method} {endpoint}")
    span.set("http.route", endpoint)
    span.set("http.response.status_code", watch.status)
    span.set("armature.request_id", context.request_id)
    if context.client_address is not None:
        span.set("client.address", context.client_address)
    if context.user_id is not None:
        span.set("user.id", str(context.user_id))
    if watch.status >= SERVER_ERRORS:
        span.fail(str(watch.status))
