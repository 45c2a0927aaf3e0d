"""Correlation of log lines: request id, user, trace and span."""

import sys
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

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


left_out: ContextVar[tuple[int, int] | None] = ContextVar("left_out", default=None)
"""Trace id and span id of the current span where it is not sampled."""


def ids_of_span() -> tuple[str, str] | tuple[()]:
    """Return trace id and span id of the current span (W3C Trace Context), or an empty tuple."""
    if (ids := left_out.get()) is not None:
        return (f"{ids[0]:032x}", f"{ids[1]:016x}")
    # A process that traces has imported it; others do not load it for this.
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return ()
    context = trace.get_current_span().get_span_context()
    return (f"{context.trace_id:032x}", f"{context.span_id:016x}") if context.is_valid else ()


def _facts_of_span() -> Mapping[str, object]:
    ids = ids_of_span()
    return {"trace_id": ids[0], "span_id": ids[1]} if ids else _NOTHING
