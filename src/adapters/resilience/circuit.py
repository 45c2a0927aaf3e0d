"""State machine and listeners of a circuit breaker, by aiobreaker.

Its own calls are left aside. Half-open, they let every concurrent call through; a late success
closes a breaker that has opened again; and its times come from the wall clock, `utcnow()` here
and `now()` there.
"""

from collections.abc import Iterable

from adapters.resilience.aiobreaker_alone import (
    CircuitBreaker,
    CircuitBreakerBaseState,
    CircuitBreakerListener,
    CircuitBreakerState,
    CircuitMemoryStorage,
)
from application.ports.circuit_listener import CircuitListener, CircuitState

_THEIRS = {
    CircuitState.CLOSED: CircuitBreakerState.CLOSED,
    CircuitState.HALF_OPEN: CircuitBreakerState.HALF_OPEN,
    CircuitState.OPEN: CircuitBreakerState.OPEN,
}
_OURS = {theirs: ours for ours, theirs in _THEIRS.items()}


class Circuit:
    """Starts closed, goes where it is moved, and tells its listeners."""

    def __init__(self, name: str, listeners: Iterable[CircuitListener]) -> None:
        self._storage = CircuitMemoryStorage(CircuitBreakerState.CLOSED)
        self._breaker = CircuitBreaker(name=name, state_storage=self._storage)
        self.state = CircuitState.CLOSED
        for listener in listeners:
            self.add_listener(listener)

    def add_listener(self, listener: CircuitListener) -> None:
        self._breaker.add_listener(_Listening(listener))

    def move(self, to: CircuitState) -> None:
        self.state = to
        # Not by its `open()`, which reads the wall clock, and warns from Python 3.12 on.
        self._storage.state = _THEIRS[to]
        self._breaker.state = _THEIRS[to]

    def record_failure(self, error: BaseException) -> None:
        for listener in self._breaker.listeners:
            listener.failure(self._breaker, error)


class _Listening(CircuitBreakerListener):  # type: ignore[misc] # aiobreaker ships no types
    def __init__(self, listener: CircuitListener) -> None:
        self._listener = listener

    def state_change(
        self, breaker: CircuitBreaker, old: CircuitBreakerBaseState, new: CircuitBreakerBaseState
    ) -> None:
        self._listener.changed(breaker.name, _OURS[old.state], _OURS[new.state])

    def failure(self, breaker: CircuitBreaker, exception: BaseException) -> None:
        self._listener.failed(breaker.name, exception)
