"""Correlation of log lines: request id, user, trace and span."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final, NamedTuple

from application.context import call_context

_NOTHING: Final[Mapping[str, object]] = {}


def facts_of_call() -> Mapping[str, object]:
    """Return request id, user id, trace id and span id, without those that are unset."""
    context = call_context.get()
    if context is _OUTSIDE:
        return _facts_of_span()
    facts: dict[str, object] = {"request_id": context.request_id}
    if context.user_id is not None:
        facts["user_id"] = str(context.user_id)
    facts.update(_facts_of_span())
    return facts


_OUTSIDE: Final = call_context.get()
"""The context outside of any call."""


class CurrentSpan(NamedTuple):
    trace_id: int
    span_id: int
    is_sampled: bool


current_span: ContextVar[CurrentSpan | None] = ContextVar("current_span", default=None)
"""Set by the tracer, so that log lines need no import of OpenTelemetry."""


def ids_of_span() -> tuple[str, str] | tuple[()]:
    """Return trace id and span id of the current span (W3C Trace Context), or an empty tuple."""
    span = current_span.get()
    return () if span is None else (f"{span.trace_id:032x}", f"{span.span_id:016x}")


def _facts_of_span() -> Mapping[str, object]:
    ids = ids_of_span()
    return {"trace_id": ids[0], "span_id": ids[1]} if ids else _NOTHING
