"""OTLP span exporter that counts what it could not deliver."""

from collections.abc import Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from application.metrics import SPANS_DROPPED
from application.ports.meter import Meter

LAST_WORDS: Final = 2000
"""Milliseconds that a process which ends gives a collector to take what is left."""

NOT_EXPORTED: Final = "not_exported"
QUEUE_FULL: Final = "queue_full"


class CountingExporter(SpanExporter):
    """Counts spans that the collector did not take; nobody waits for them."""

    def __init__(self, inner: SpanExporter, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter
        meter.add(SPANS_DROPPED, NOT_EXPORTED, amount=0)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = SpanExportResult.FAILURE
        try:
            result = self._inner.export(spans)
        finally:
            if result is not SpanExportResult.SUCCESS:
                self._meter.add(SPANS_DROPPED, NOT_EXPORTED, amount=len(spans))
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


class CountingProcessor(BatchSpanProcessor):
    """Counts spans that found the queue full."""

    def __init__(self, exporter: SpanExporter, meter: Meter) -> None:
        super().__init__(exporter)
        self._meter = meter
        meter.add(SPANS_DROPPED, QUEUE_FULL, amount=0)

    def on_end(self, span: ReadableSpan) -> None:
        batch = self._batch_processor
        if len(batch._queue) >= batch._max_queue_size:  # noqa: SLF001 - it tells nobody else
            self._meter.add(SPANS_DROPPED, QUEUE_FULL)
        super().on_end(span)

    def shutdown(self) -> None:
        self._batch_processor.shutdown(LAST_WORDS)
