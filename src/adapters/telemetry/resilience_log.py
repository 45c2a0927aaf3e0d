"""Log lines and metrics of retries, circuit breakers and what failed open."""

import logging
from collections.abc import Callable
from typing import Final

from application.errors import DatabaseUnavailable
from application.metrics import CIRCUIT_FAILURES, CIRCUIT_STATE, FAILED_OPEN, RETRIES
from application.ports.circuit_listener import CircuitListener, CircuitState
from application.ports.meter import Meter
from domain.errors import DomainError

logger: Final = logging.getLogger("armature.policies")
circuits: Final = logging.getLogger("armature.circuits")


class ResilienceLog:
    """Logs and counts retries, and calls that went on without a dependency."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def failed_open(self, what: str, operation: str) -> None:
        """Log that `what` did not answer, and that the service went on without it."""
        self._meter.add(FAILED_OPEN, what, operation)
        logger.warning("%s failed open: %s", what, operation)

    def without(self, what: str) -> Callable[[str], None]:
        """Give `failed_open` for one dependency."""
        return lambda operation: self.failed_open(what, operation)

    def trying_again(self, name: str, error: DomainError, seconds: float) -> None:
        """Log that `name` ended with `error` and is repeated after a wait."""
        self._meter.add(RETRIES, name)
        logger.info("%s again in %.2f s: %r", name, seconds, error)


class CircuitLog(CircuitListener):
    """Logs and measures circuit breakers: opening is a warning, all else good news."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        # The database has a breaker from the start; others appear with their first change.
        meter.set(CIRCUIT_STATE, CircuitState.CLOSED.value, DatabaseUnavailable.dependency)

    def changed(self, name: str, before: CircuitState, after: CircuitState) -> None:
        self._meter.set(CIRCUIT_STATE, after.value, name)
        level = logging.WARNING if after is CircuitState.OPEN else logging.INFO
        circuits.log(
            level, "the circuit breaker %r went from %s to %s", name, before.name, after.name
        )

    def failed(self, name: str, error: BaseException) -> None:
        self._meter.add(CIRCUIT_FAILURES, name)
        circuits.debug("%r failed: %r", name, error)
