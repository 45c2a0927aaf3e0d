"""Metrics of circuit breakers."""

from application.errors import DatabaseUnavailable
from application.metrics import CIRCUIT_FAILURES, CIRCUIT_STATE
from application.ports.circuit_listener import CircuitListener, CircuitState
from application.ports.meter import Meter


class MeasuredCircuits(CircuitListener):
    """Says where each breaker stands, and counts the outages that calls met."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        # One that never changes is closed; the others are known when they first change.
        meter.set(CIRCUIT_STATE, CircuitState.CLOSED.value, DatabaseUnavailable.dependency)

    def changed(self, name: str, before: CircuitState, after: CircuitState) -> None:  # noqa: ARG002 - a listener's
        self._meter.set(CIRCUIT_STATE, after.value, name)

    def failed(self, name: str, error: BaseException) -> None:  # noqa: ARG002 - a listener's
        self._meter.add(CIRCUIT_FAILURES, name)
