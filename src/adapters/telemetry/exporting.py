"""OTLP span exporter that counts what it could not deliver."""

import os
from collections.abc import Callable, Sequence
from threading import Lock
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
    """Counts spans that the collector did not take; `on_export` is called with those of a batch."""

    def __init__(
        self,
        inner: SpanExporter,
        meter: Meter,
        on_export: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._inner = inner
        self._meter = meter
        self._on_export = on_export
        meter.add(SPANS_DROPPED, NOT_EXPORTED, amount=0)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._on_export(len(spans))
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
    """Counts spans that found the queue full, which the SDK only logs."""

    def __init__(self, exporter: SpanExporter, meter: Meter) -> None:
        self._limit = int(os.environ.get("OTEL_BSP_MAX_QUEUE_SIZE") or 2048)
        self._queued = 0
        self._lock = Lock()
        self._meter = meter
        super().__init__(
            CountingExporter(exporter, meter, self._dequeue), max_queue_size=self._limit
        )
        meter.add(SPANS_DROPPED, QUEUE_FULL, amount=0)

    def on_end(self, span: ReadableSpan) -> None:
        with self._lock:
            is_full = self._queued >= self._limit
            self._queued += not is_full
        if is_full:
            self._meter.add(SPANS_DROPPED, QUEUE_FULL)
        super().on_end(span)

    def shutdown(self) -> None:
        self._batch_processor.shutdown(LAST_WORDS)

    def _dequeue(self, spans: int) -> None:
        with self._lock:
            self._queued -= spans
