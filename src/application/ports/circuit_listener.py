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
    """Called at each change and failure of a circuit breaker; `name` is its dependency.

    Both methods are called in the middle of somebody's call: neither may wait or raise.
    """

    def changed(self, name: str, before: CircuitState, after: CircuitState) -> None:
        """Handle a state change; the breaker is in the new state already."""
        ...

    def failed(self, name: str, error: BaseException) -> None:
        """Handle a failed call, whether or not the breaker opens."""
        ...
