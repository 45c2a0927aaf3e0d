"""What the driver records of each request: meter, tracer, access log."""

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
    """Where a driver's measurements, spans and access lines go.

    `gather` are the seconds in which answered calls come together before they are measured and
    told of, each in its own context; 0 does it at once.
    """

    meter: Meter
    tracer: Tracer
    tell: Callable[[AnsweredRequest], None]
    gather: float = 0
