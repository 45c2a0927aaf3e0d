import asyncio
import threading
import time
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased

from adapters.memory.meter import MemoryMeter
from adapters.telemetry.correlation import ids_of_span
from adapters.telemetry.exporting import CountingExporter, CountingProcessor
from adapters.telemetry.factory import traces_are_wanted
from adapters.telemetry.tracing import OtelTracer
from application.metrics import SPANS_DROPPED
from tests.unit.contracts.tracer import Seen, Spans, TracerContract

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter) -> OtelTracer:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return OtelTracer(provider)


class TestOtelTracer(TracerContract):
    @pytest.fixture
    def spans(self, exporter: InMemorySpanExporter) -> Spans:
        def seen() -> dict[str, Seen]:
            done = exporter.get_finished_spans()
            names = {span.context.span_id: span.name for span in done if span.context}
            return {
                span.name: Seen(
                    span.name,
                    None if span.parent is None else names.get(span.parent.span_id),
                    span.attributes or {},
                    _failure(span),
                )
                for span in done
            }

        return seen


def _failure(span: ReadableSpan) -> str | None:
    return None if span.status.is_ok or span.status.is_unset else str(span.attributes["error.type"])  # type: ignore[index]


def test_the_span_of_what_was_given_up_says_so(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    with pytest.raises(asyncio.CancelledError), tracer.span("work"):
        raise asyncio.CancelledError

    (span,) = exporter.get_finished_spans()
    assert _failure(span) == "CANCELLED"


def test_a_trace_goes_on_from_the_callers_and_to_the_next(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    with tracer.span("work", parent={"traceparent": f"00-{TRACE}-{SPAN}-01"}):
        onward = tracer.headers()["traceparent"]

    (span,) = exporter.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == SPAN
    assert onward.split("-")[1] == TRACE
    assert onward.split("-")[2] != SPAN


def test_the_message_of_an_error_stays_here(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    with pytest.raises(LookupError), tracer.span("work"):
        raise LookupError("Correct-Horse-1")

    assert "Correct-Horse-1" not in exporter.get_finished_spans()[0].to_json()


def test_parts_of_a_trace_that_is_left_out_are_left_out(exporter: InMemorySpanExporter) -> None:
    provider = TracerProvider(sampler=ParentBased(ALWAYS_OFF), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = OtelTracer(provider)

    with tracer.span("request", parent={}), tracer.span("part") as part:
        part.set("a", 1)
        onward = tracer.headers()

    assert exporter.get_finished_spans() == ()
    flags = int(onward["traceparent"].rpartition("-")[2], 16)
    assert not flags & 1, "the next service leaves it out too (W3C Trace Context, sampled flag)"


def test_a_trace_that_its_caller_does_not_sample_is_off_and_keeps_its_id(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    with tracer.span("request", parent={"traceparent": f"00-{TRACE}-{SPAN}-00"}):
        assert not tracer.is_on
        assert ids_of_span()[:1] == (TRACE,)
        assert tracer.headers()["traceparent"].startswith(f"00-{TRACE}-")

    assert ids_of_span() == ()
    assert exporter.get_finished_spans() == ()


@pytest.mark.parametrize("is_parent_based", [True, False])
def test_the_sampled_are_those_that_the_sampler_would_have_chosen_and_no_fewer(
    exporter: InMemorySpanExporter, *, is_parent_based: bool
) -> None:
    ratio = TraceIdRatioBased(0.5)
    provider = TracerProvider(
        sampler=ParentBased(ratio) if is_parent_based else ratio, shutdown_on_exit=False
    )
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = OtelTracer(provider)
    chosen = set()

    for _ in range(200):
        with tracer.span("request", parent={}) as span, tracer.span("part"):
            _, trace_id, span_id, flags = tracer.headers()["traceparent"].split("-")
            assert span.is_recorded == bool(int(flags, 16) & 1)
            assert span.is_recorded == (int(trace_id[16:], 16) < ratio.bound)
            assert ids_of_span() == (trace_id, span_id)
            chosen |= {trace_id} if span.is_recorded else set()

    done = exporter.get_finished_spans()
    # One in a hundred million runs has fewer or more.
    assert 60 <= len(chosen) <= 140
    assert {f"{span.context.trace_id:032x}" for span in done if span.context} == chosen
    assert len(done) == 2 * len(chosen)
    assert ids_of_span() == ()


class Refusing(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return SpanExportResult.FAILURE


def test_spans_that_a_collector_does_not_take_are_counted() -> None:
    meter = MemoryMeter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(CountingExporter(Refusing(), meter)))

    with OtelTracer(provider).span("work"):
        pass

    assert meter.value(SPANS_DROPPED, "not_exported") == 1


def test_spans_that_find_the_queue_full_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "4")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4")
    meter, slow = MemoryMeter(), _Stuck()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(CountingProcessor(slow, meter))
    tracer = OtelTracer(provider)

    for number in range(20):
        with tracer.span(f"work {number}"):
            pass
        if number == 3:
            # A batch is on its way from here on, and nothing leaves the queue behind it.
            assert slow.is_stuck.wait(30)
    slow.is_free = True
    provider.shutdown()

    dropped = meter.value(SPANS_DROPPED, "queue_full")
    assert dropped > 0
    assert dropped + slow.taken == 20


class _Stuck(SpanExporter):
    """Takes nothing until it is let."""

    def __init__(self) -> None:
        self.is_free = False
        self.is_stuck = threading.Event()
        self.taken = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.is_stuck.set()
        while not self.is_free:
            time.sleep(0.001)
        self.taken += len(spans)
        return SpanExportResult.SUCCESS


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "true"}, False),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_traces_are_off_unless_a_collector_is_named(environ: dict[str, str], wanted: bool) -> None:
    assert traces_are_wanted(environ) is wanted
