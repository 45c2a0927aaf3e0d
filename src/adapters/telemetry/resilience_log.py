"""Log lines and metrics of retries and of what failed open."""

import logging
from collections.abc import Callable
from typing import Final

from application.metrics import FAILED_OPEN, RETRIES
from application.ports.meter import Meter
from domain.errors import DomainError

logger: Final = logging.getLogger("armature.policies")


class ResilienceLog:
    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def failed_open(self, what: str, operation: str) -> None:
        """Say that `what` did not answer, and that the service went on without it."""
        self._meter.add(FAILED_OPEN, what, operation)
        logger.warning("%s failed open: %s", what, operation)

    def without(self, what: str) -> Callable[[str], None]:
        """Give what hears of operations that go on without `what`."""
        return lambda operation: self.failed_open(what, operation)

    def trying_again(self, name: str, error: DomainError, seconds: float) -> None:
        """Say that `name` ended with `error` and is done again after a wait."""
        self._meter.add(RETRIES, name)
        logger.info("%s again in %.2f s: %r", name, seconds, error)
