"""The access log: one line for each request."""

import logging
from typing import Final

from adapters.telemetry.logs import vouch
from application.telemetry import AnsweredRequest

logger: Final = logging.getLogger("armature.access")


def tell(done: AnsweredRequest) -> None:
    """Write the line of a request: its route, never its path, and nothing of its headers."""
    if not logger.isEnabledFor(logging.INFO):
        return
    facts = {
        "method": done.method,
        "endpoint": done.endpoint,
        "status": done.status,
        "duration_ms": round(done.seconds * 1000, 3),
        "request_bytes": done.request_size,
        "response_bytes": done.response_size,
        "client": done.client,
    }
    milliseconds = done.seconds * 1000
    vouch(logger, f"{done.method} {done.endpoint} {done.status} in {milliseconds:.1f} ms", facts)
