"""Instrumentation policies: metrics, spans and the query log of a call."""

import time
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from adapters.resilience.pipeline import Step
from application.errors import ConcurrentUpdate, DatabaseReadOnly
from application.metrics import QUERY_DURATION, QUERY_ERRORS
from application.ports.meter import Meter
from application.ports.tracer import SpanKind, Tracer
from domain.errors import DomainError

T = TypeVar("T")

CANCELLED: Final = "CANCELLED"
"""The failure of a call that was given up before it ended."""

CallListener = Callable[[str, float, str | None], None]
"""Hears the name of a call, its seconds, and the code of its failure, None when it was answered."""


class MeasuredQueries(Step):
    """Measures calls of a database by their names, `table.operation`."""

    def __init__(self, meter: Meter, monotonic: Callable[[], float] = time.perf_counter) -> None:
        self._meter = meter
        self._monotonic = monotonic

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        if not self._meter.is_on:
            return await call()
        table, _, operation = name.partition(".")
        began = self._monotonic()
        try:
            result = await call()
        except CancelledError:
            # A deadline, or a caller who went away. A database that hangs shows as nothing else.
            self._meter.add(QUERY_ERRORS, operation, CANCELLED)
            raise
        except Exception as error:
            if (code := failure_of(error)) is not None:
                self._meter.add(QUERY_ERRORS, operation, code)
                raise
            self._meter.observe(QUERY_DURATION, self._monotonic() - began, operation, table)
            raise
        self._meter.observe(QUERY_DURATION, self._monotonic() - began, operation, table)
        return result


class TracedCalls(Step):
    """Makes a span of each call to `system`, as OpenTelemetry calls that database."""

    def __init__(self, tracer: Tracer, system: str) -> None:
        self._tracer = tracer
        self._system = system

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        if not self._tracer.is_on:
            return await call()
        table, _, operation = name.partition(".")
        attributes = {
            "db.system.name": self._system,
            "db.operation.name": operation,
            "db.collection.name": table,
        }
        with self._tracer.span(name, attributes, kind=SpanKind.CLIENT):
            return await call()


class LoggedCalls(Step):
    """Tells a listener of each call, once it is over."""

    def __init__(
        self, listener: CallListener, monotonic: Callable[[], float] = time.perf_counter
    ) -> None:
        self._listener = listener
        self._monotonic = monotonic

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        began = self._monotonic()
        failure: str | None = CANCELLED
        try:
            result = await call()
            failure = None
        except Exception as error:
            failure = failure_of(error)
            raise
        finally:
            self._listener(name, self._monotonic() - began, failure)
        return result


READ_ONLY: Final = "READ_ONLY"
"""The failure of a write that the database refuses, as a standby or a full disk does."""


def failure_of(error: Exception) -> str | None:
    """Name the failure that an error is; None for one that is an answer, as a conflict is."""
    if isinstance(error, DatabaseReadOnly):
        return READ_ONLY
    if not isinstance(error, DomainError):
        return type(error).__name__
    is_failure = error.category.is_ours or isinstance(error, ConcurrentUpdate)
    return error.code if is_failure else None
