"""Telemetry of requests, as a driver records it: metrics, spans, access log."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from application.ports.meter import Meter
from application.ports.tracer import Tracer


class AnsweredRequest(NamedTuple):
    """One line of the access log: `endpoint` is the template of the route, sizes are in bytes."""

    method: str
    endpoint: str
    status: int
    seconds: float
    request_size: int
    response_size: int
    client: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """Where a driver's metrics, spans and access log go."""

    meter: Meter
    tracer: Tracer
    log: Callable[[AnsweredRequest], None]
