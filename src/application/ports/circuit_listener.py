"""Port: listener of circuit breaker transitions."""

from enum import Enum
from typing import Protocol


class CircuitState(Enum):
    """What a circuit breaker does with a call; the numbers are those of the metric."""

    CLOSED = 0
    """Every call goes through."""
    HALF_OPEN = 1
    """A few calls go through, to find out."""
    OPEN = 2
    """No call goes through."""


class CircuitListener(Protocol):
    """Hears what becomes of circuit breakers, each known by the name of its dependency.

    Both methods are called in the middle of somebody's call: neither may wait or raise.
    """

    def changed(self, name: str, before: CircuitState, after: CircuitState) -> None:
        """Hear that a breaker changed; it is in the new state already."""
        ...

    def failed(self, name: str, error: BaseException) -> None:
        """Hear of an outage that a call met, whatever the breaker makes of it."""
        ...
