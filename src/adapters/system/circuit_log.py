"""Log lines of circuit breaker transitions."""

import logging
from typing import Final

from application.ports.circuit_listener import CircuitListener, CircuitState

logger: Final = logging.getLogger("armature.circuits")


class CircuitLog(CircuitListener):
    """Says when a breaker changes: opening is a warning, all else good news."""

    def changed(self, name: str, before: CircuitState, after: CircuitState) -> None:
        level = logging.WARNING if after is CircuitState.OPEN else logging.INFO
        logger.log(
            level, "the circuit breaker %r went from %s to %s", name, before.name, after.name
        )

    def failed(self, name: str, error: BaseException) -> None:
        logger.debug("%r failed: %r", name, error)
