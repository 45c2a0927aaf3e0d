"""What ties a line of the log to its call, and to the trace of that."""

import sys
from collections.abc import Mapping
from typing import Final

from application.context import call_context

_NOTHING: Final[Mapping[str, object]] = {}


def facts_of_call() -> Mapping[str, object]:
    """Give request id, user id, trace id and span id, as far as they are known."""
    context = call_context.get()
    if context is _OUTSIDE:
        return _facts_of_span()
    facts: dict[str, object] = {"request_id": context.request_id}
    if context.user_id is not None:
        facts["user_id"] = str(context.user_id)
    facts.update(_facts_of_span())
    return facts


_OUTSIDE: Final = call_context.get()
"""What stands there when no call is in hand."""


def _facts_of_span() -> Mapping[str, object]:
    # Whoever traces has imported it; nobody else pays for that.
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return _NOTHING
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return _NOTHING
    return {
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
    }
