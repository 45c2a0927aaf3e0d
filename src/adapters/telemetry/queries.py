"""Instrumentation of database queries: metrics, spans and the query log (slow queries)."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import lru_cache
from types import TracebackType
from typing import Final

from application.errors import ConcurrentUpdate, DatabaseReadOnly
from application.metrics import QUERY_DURATION, QUERY_ERRORS
from application.ports.meter import Meter
from application.ports.tracer import Span, SpanKind, Tracer
from domain.errors import DomainError

logger: Final = logging.getLogger("armature.database")

CANCELLED: Final = "CANCELLED"
"""The failure of a query that was given up before it ended: a deadline, or a caller who went away.
A database that hangs shows as nothing else."""

READ_ONLY: Final = "READ_ONLY"
"""The failure of a write that the database refuses, as a standby or a full disk does."""


class QueryInstrumentation:
    """Measures, traces and logs each operation (`table.operation`): names only, never values.

    `system` is the database as OpenTelemetry names it. The log has every query at `debug`, and
    those that take `slow` or longer at `warning`.
    """

    def __init__(
        self,
        meter: Meter,
        tracer: Tracer,
        system: str,
        slow: timedelta,
        monotonic: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.tracer = tracer
        self.monotonic = monotonic
        self._meter = meter
        self._system = system
        self._slow = slow.total_seconds()
        self._duration_of = lru_cache(None)(self._make_duration)

    def __call__(self, name: str) -> "_Query":
        return _Query(self, name)

    def span(self, name: str) -> AbstractContextManager[Span]:
        table, _, operation = name.partition(".")
        attributes = {
            "db.system.name": self._system,
            "db.operation.name": operation,
            "db.collection.name": table,
        }
        return self.tracer.span(name, attributes, kind=SpanKind.CLIENT)

    def record(self, name: str, seconds: float, error: BaseException | None) -> None:
        failure = _failure_of(error)
        if self._meter.is_on:
            if failure is None:
                self._duration_of(name)(seconds)
            else:
                self._meter.add(QUERY_ERRORS, name.partition(".")[2], failure)
        is_slow = seconds >= self._slow
        if is_slow or logger.isEnabledFor(logging.DEBUG):
            _log(name, seconds, failure, is_slow=is_slow)

    def _make_duration(self, name: str) -> Callable[[float], None]:
        table, _, operation = name.partition(".")
        return self._meter.bound(QUERY_DURATION, operation, table)


class _Query(AbstractContextManager[None]):
    __slots__ = ("_began", "_instrumentation", "_name", "_span")

    def __init__(self, instrumentation: QueryInstrumentation, name: str) -> None:
        self._instrumentation = instrumentation
        self._name = name
        self._span: AbstractContextManager[Span] | None = None

    def __enter__(self) -> None:
        if self._instrumentation.tracer.is_on:
            self._span = self._instrumentation.span(self._name)
            self._span.__enter__()
        self._began = self._instrumentation.monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        instrumentation = self._instrumentation
        instrumentation.record(self._name, instrumentation.monotonic() - self._began, error)
        if self._span is not None:
            self._span.__exit__(kind, error, trace)


def _failure_of(error: BaseException | None) -> str | None:
    """Name the failure that an error is; None for one that is an answer, as a conflict is."""
    if error is None:
        return None
    if isinstance(error, DatabaseReadOnly):
        return READ_ONLY
    if not isinstance(error, Exception):
        return CANCELLED
    if not isinstance(error, DomainError):
        return type(error).__name__
    is_failure = error.category.is_ours or isinstance(error, ConcurrentUpdate)
    return error.code if is_failure else None


def _log(name: str, seconds: float, failure: str | None, *, is_slow: bool) -> None:
    milliseconds = seconds * 1000
    message = f"{'slow: ' if is_slow else ''}{name} took {milliseconds:.1f} ms"
    logger.log(
        logging.WARNING if is_slow else logging.DEBUG,
        "%s",
        f"{message}, {failure}" if failure else message,
        extra={"statement": name, "duration_ms": round(milliseconds, 3), "failure": failure},
    )
