"""Telemetry of requests: metrics, server span and access log."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import monotonic
from typing import Final

from litestar.types import HTTPScope

from application.context import call_context
from application.metrics import (
    ERRORS,
    HTTP_DURATION,
    HTTP_REQUEST_SIZE,
    HTTP_REQUESTS,
    HTTP_RESPONSE_SIZE,
)
from application.ports.meter import Take
from application.ports.tracer import Span, SpanKind
from application.telemetry import AnsweredRequest, Telemetry
from domain.errors import Category
from entrypoints.http.errors.catalogue import SERVER_ERRORS
from entrypoints.http.errors.handling import Failure
from entrypoints.http.exchange import Exchange

UNMATCHED: Final = "unmatched"
"""The endpoint of every path that no route has: labels must not grow with what callers make up."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD: Final = "_OTHER"
"""As OpenTelemetry's conventions call unknown methods."""
TRACING: Final = {name.encode(): name for name in ("traceparent", "tracestate", "baggage")}
MAX_TRACING: Final = 1024
"""Bytes of each; a longer one is dropped (W3C Trace Context §3.3.1.5 asks for 512). The
propagators split at commas with blanks around them, which takes the square of a run of blanks."""


class RequestTelemetry:
    """Measures, traces and logs each request once, by the template of its route."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._meter, self.tracer = telemetry.meter, telemetry.tracer
        self._log = telemetry.log
        # As many as series: neither methods, nor templates, nor statuses are callers' to make up.
        self._series = lru_cache(None)(self._make_series)

    @contextmanager
    def span(self, exchange: Exchange) -> Iterator[None]:
        """Trace the request, as a part of the trace that its headers name."""
        method = _method(exchange)
        with self.tracer.span(
            method,
            {"http.request.method": method, "url.scheme": exchange.scope["scheme"]},
            kind=SpanKind.SERVER,
            parent=trace_headers(exchange.scope),
        ) as span:
            try:
                yield
            finally:
                if span.is_recorded:
                    _describe(span, exchange, method)

    def record(self, exchange: Exchange) -> None:
        """Measure a request that is answered, and write its line of the access log."""
        method = exchange.method if exchange.method in _METHODS else OTHER_METHOD
        endpoint = exchange.scope.get("path_template") or UNMATCHED
        seconds = monotonic() - exchange.began
        if (failure := exchange.failure) is not None:
            self._meter.add(ERRORS, failure.code, _severity(failure))
        count, duration, request_size, response_size = self._series(
            method, endpoint, exchange.status
        )
        count(1)
        duration(seconds)
        request_size(exchange.request_size)
        response_size(exchange.response_size)
        self._log(
            AnsweredRequest(
                method,
                endpoint,
                exchange.status,
                seconds,
                exchange.request_size,
                exchange.response_size,
                exchange.context.client_address,
            )
        )

    def _make_series(self, method: str, endpoint: str, status: int) -> tuple[Take, ...]:
        bound = self._meter.bound
        return (
            bound(HTTP_REQUESTS, method, endpoint, str(status)),
            bound(HTTP_DURATION, method, endpoint),
            bound(HTTP_REQUEST_SIZE, method, endpoint),
            bound(HTTP_RESPONSE_SIZE, method, endpoint),
        )


def endpoint_of(scope: HTTPScope) -> str:
    """Give the template of the route that a request found."""
    return scope.get("path_template") or UNMATCHED


def trace_headers(scope: HTTPScope) -> dict[str, str]:
    """Give the headers by which a trace goes on (W3C Trace Context), but for long ones."""
    return {
        TRACING[name]: value.decode("latin-1")
        for name, value in scope["headers"]
        if name in TRACING and len(value) <= MAX_TRACING
    }


def _method(exchange: Exchange) -> str:
    return exchange.method if exchange.method in _METHODS else OTHER_METHOD


def _severity(failure: Failure) -> str:
    """Label of ERRORS: `error` for bugs, `warning` for outages, `info` for callers' errors."""
    if failure.category is Category.INTERNAL:
        return "error"
    return "warning" if failure.category.is_ours else "info"


def _describe(span: Span, exchange: Exchange, method: str) -> None:
    """Name the span by its route, which is known only now (OpenTelemetry, HTTP server spans)."""
    endpoint, context = endpoint_of(exchange.scope), call_context.get()
    span.rename(f"{method} {endpoint}")
    span.set("http.route", endpoint)
    span.set("http.response.status_code", exchange.status)
    span.set("armature.request_id", context.request_id)
    if context.client_address is not None:
        span.set("client.address", context.client_address)
    if context.user_id is not None:
        span.set("user.id", str(context.user_id))
    if exchange.status >= SERVER_ERRORS:
        span.fail(str(exchange.status))
