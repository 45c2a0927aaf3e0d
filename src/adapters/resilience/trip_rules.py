"""Trip rules of a circuit breaker: consecutive failures, failure rate."""

from collections import deque
from typing import Protocol


class TripRule(Protocol):
    """Judges the results of calls in the order in which they end."""

    def trips(self, *, failed: bool) -> bool:
        """Take one more result into account; tell whether the breaker opens."""
        ...

    def forget(self) -> None:
        """Begin again, as if there had been no call."""
        ...


class ConsecutiveFailures(TripRule):
    """Trips at the `limit`-th failure in a row; any success starts the count again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._failures = 0

    def trips(self, *, failed: bool) -> bool:
        self._failures = self._failures + 1 if failed else 0
        return self._failures >= self._limit

    def forget(self) -> None:
        self._failures = 0


class FailureRate(TripRule):
    """Trips when, of the last `calls` calls, at least `share` (0 to 1) failed.

    The window counts calls, not time, so a dependency that is asked once a minute is judged as
    one that is asked a thousand times. Until it is full, nothing trips.
    """

    def __init__(self, *, calls: int, share: float) -> None:
        self._needed = share * calls
        self._window: deque[bool] = deque(maxlen=calls)

    def trips(self, *, failed: bool) -> bool:
        self._window.append(failed)
        return len(self._window) == self._window.maxlen and sum(self._window) >= self._needed

    def forget(self) -> None:
        self._window.clear()
