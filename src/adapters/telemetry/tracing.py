"""OpenTelemetry tracer with an OTLP/HTTP exporter."""

import os
import random
import re
from asyncio import CancelledError
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import Token
from functools import partial
from typing import Final

from opentelemetry import propagate, trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Sampler, TraceIdRatioBased
from opentelemetry.trace import Status, StatusCode

from adapters.telemetry.correlation import CurrentSpan, current_span, ids_of_span
from adapters.telemetry.exporting import CountingProcessor
from application.ports.meter import Meter
from application.ports.tracer import Attribute, Span, SpanKind, Tracer
from domain.errors import DomainError

_KINDS: Final = {
    SpanKind.INTERNAL: trace.SpanKind.INTERNAL,
    SpanKind.SERVER: trace.SpanKind.SERVER,
    SpanKind.CLIENT: trace.SpanKind.CLIENT,
}


class OtelTracer(Tracer):
    """Makes spans with OpenTelemetry's SDK."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._bound = _bound(provider.sampler)
        self._ids = provider.id_generator = _Ids()
        self._tracer = provider.get_tracer("armature")

    @property
    def is_on(self) -> bool:
        return _is_sampled()

    def span(
        self,
        name: str,
        attributes: Mapping[str, Attribute] | None = None,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: Mapping[str, str] | None = None,
    ) -> AbstractContextManager[Span]:
        trace_id = None
        if parent is None:
            if not _is_sampled():
                return _LEFT_OUT
        elif not parent and self._bound is not None:
            # The sampler would decide the same, at a higher cost.
            trace_id = random.getrandbits(128) or 1  # nosec B311 - ids are no secrets
            if trace_id & _LOW_HALF >= self._bound:
                return _Unrecorded(trace_id)
        begin = partial(
            self._tracer.start_span, name, _context_of(parent), _KINDS[kind], attributes
        )
        return _Started(partial(self._ids.begin, trace_id, begin) if trace_id else begin)

    def headers(self) -> Mapping[str, str]:
        if not _is_sampled():
            return {"traceparent": "-".join(("00", *ids_of_span(), "00"))}
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        return carrier

    async def open(self) -> None: ...

    async def close(self) -> None:
        """Send what is left, without waiting long for a collector that does not answer."""
        import asyncio  # noqa: PLC0415 - at the end only

        await asyncio.to_thread(self._provider.shutdown)


def _is_sampled() -> bool:
    span = current_span.get()
    return span is None or span.is_sampled


class _Started(AbstractContextManager[Span]):
    """A span that begins with a block and ends with it.

    A class, and not a generator as OpenTelemetry's own: there is one for every request, and most
    of them are not sampled.
    """

    __slots__ = ("_begin", "_begun", "_context", "_current", "_recorded")

    def __init__(self, begin: Callable[[], trace.Span]) -> None:
        self._begin = begin

    def __enter__(self) -> Span:
        self._begun = self._begin()
        self._context = attach(trace.set_span_in_context(self._begun))
        self._recorded = _OtelSpan(self._begun) if self._begun.is_recording() else None
        ids = self._begun.get_span_context()
        is_sampled = self._recorded is not None
        self._current = current_span.set(CurrentSpan(ids.trace_id, ids.span_id, is_sampled))
        return self._recorded or _NOBODY

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if self._recorded is not None:
            if isinstance(error, Exception):
                self._recorded.take(error)
            elif isinstance(error, CancelledError):
                self._recorded.fail("CANCELLED")
        current_span.reset(self._current)
        detach(self._context)
        self._begun.end()


class _OtelSpan(Span):
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def is_recorded(self) -> bool:
        return True

    def set(self, name: str, value: Attribute) -> None:
        self._span.set_attribute(name, value)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, kind: str) -> None:
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR))

    def take(self, error: Exception) -> None:
        """Record what left the block, without its message: that may quote values."""
        if isinstance(error, DomainError) and not error.category.is_ours:
            self.set("armature.answer", error.code)
            return
        kind = error.code if isinstance(error, DomainError) else type(error).__name__
        self._span.add_event("exception", {"exception.type": type(error).__qualname__})
        self.fail(kind)


class _LeftOut(Span):
    """Stands for every span of a trace that is not sampled."""

    @property
    def is_recorded(self) -> bool:
        return False

    def set(self, name: str, value: Attribute) -> None: ...

    def rename(self, name: str) -> None: ...

    def fail(self, kind: str) -> None: ...


_LOW_HALF: Final = TraceIdRatioBased.TRACE_ID_LIMIT
_NOBODY: Final = _LeftOut()
_LEFT_OUT: Final = nullcontext(_NOBODY)
_ROOT: Final = Context()


def _context_of(parent: Mapping[str, str] | None) -> Context | None:
    """Return the parent context: the current one, that of a caller's headers, or none."""
    if parent is None:
        return None
    return propagate.extract(parent, _ROOT) if parent else _ROOT


class _Unrecorded(AbstractContextManager[Span]):
    """The first span of a trace that is not sampled: ids for log lines, and for those we call."""

    __slots__ = ("_token", "_trace_id")

    _token: Token[CurrentSpan | None]

    def __init__(self, trace_id: int) -> None:
        self._trace_id = trace_id

    def __enter__(self) -> Span:
        span_id = random.getrandbits(64) or 1  # nosec B311 - as above
        self._token = current_span.set(CurrentSpan(self._trace_id, span_id, is_sampled=False))
        return _NOBODY

    def __exit__(self, *_: object) -> None:
        current_span.reset(self._token)


class _Ids(RandomIdGenerator):
    """Gives the next trace the id by which it was chosen already."""

    _next: int | None = None

    def begin(self, trace_id: int, begin: Callable[[], trace.Span]) -> trace.Span:
        self._next = trace_id
        try:
            return begin()
        finally:
            self._next = None

    def generate_trace_id(self) -> int:
        return self._next or super().generate_trace_id()


_RATIO: Final = re.compile(r"(?:ParentBased\{root:)?TraceIdRatioBased\{(?P<rate>[0-9.e-]+)\}")


def _bound(sampler: Sampler) -> int | None:
    """Return a ratio sampler's bound for the low half of a trace id; None for other samplers."""
    match = _RATIO.match(sampler.get_description())
    return TraceIdRatioBased(float(match["rate"])).bound if match else None


def create(meter: Meter, version: str) -> OtelTracer:
    """Build the tracer of this process: call it in the process that makes the spans.

    Raises ValueError for what OpenTelemetry cannot read in its variables.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - heavy
        OTLPSpanExporter,
    )

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "armature"}
    provider = TracerProvider(
        resource=Resource.create({**named, "service.version": version}), shutdown_on_exit=False
    )
    provider.add_span_processor(CountingProcessor(OTLPSpanExporter(), meter))
    return OtelTracer(provider)
