"""The access log: one line for each request."""

import logging
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec

from adapters.telemetry.correlation import ids_of_span
from adapters.telemetry.logs import json_queue
from application.context import call_context
from application.telemetry import AnsweredRequest

logger: Final = logging.getLogger("armature.access")


def log_access(done: AnsweredRequest) -> None:
    """Write the line of a request: its route, never its path, and nothing of its headers."""
    if not logger.isEnabledFor(logging.INFO):
        return
    event, milliseconds = _event(done.method, done.endpoint, done.status), done.seconds * 1000
    if (lines := json_queue()) is not None:
        lines.enqueue(_encoded(event, milliseconds, done))
        return
    facts = {
        "method": done.method,
        "endpoint": done.endpoint,
        "status": done.status,
        "duration_ms": round(milliseconds, 3),
        "request_bytes": done.request_size,
        "response_bytes": done.response_size,
        "client": done.client,
    }
    # People have no other field to read it in.
    logger.info("%s in %.1f ms", event, milliseconds, extra=facts)


class _Line(msgspec.Struct, omit_defaults=True, gc=False):
    """The same, and what every line of a request has, as it is written."""

    event: str
    level: str
    logger: str
    timestamp: datetime
    request_id: str
    method: str
    endpoint: str
    status: int
    duration_ms: float
    request_bytes: int
    response_bytes: int
    client: str | None
    user_id: UUID | None = None
    trace_id: str | None = None
    span_id: str | None = None


_ENCODER: Final = msgspec.json.Encoder()


def _encoded(event: str, milliseconds: float, done: AnsweredRequest) -> bytes:
    context = call_context.get()
    line = _Line(
        event,
        "info",
        logger.name,
        datetime.now(UTC),
        context.request_id,
        done.method,
        done.endpoint,
        done.status,
        round(milliseconds, 3),
        done.request_size,
        done.response_size,
        done.client,
        context.user_id,
        *ids_of_span(),
    )
    return _ENCODER.encode(line) + b"\n"


@lru_cache(1024)
def _event(method: str, endpoint: str, status: int) -> str:
    return f"{method} {endpoint} {status}"
