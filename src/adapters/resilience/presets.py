"""Policy presets: breakers, retries and timeouts with their numbers."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from adapters.resilience.pipeline import Pipeline
from adapters.resilience.retry import Retry, RetryListener, Schedule
from adapters.resilience.timeout import Timeout
from application.commits import has_committed
from application.errors import (
    CircuitOpen,
    ConcurrentUpdate,
    DatabaseReadOnly,
    DatabaseUnavailable,
    DependencyUnavailable,
    OutcomeUnknown,
)
from application.ports.call_guard import Unguarded
from application.ports.circuit_listener import CircuitListener
from domain.errors import DomainError

if TYPE_CHECKING:
    from adapters.resilience.breaker import Breaker

Listeners = Iterable[CircuitListener] | None
"""Of the circuit breakers of a server. None builds no breaker: a command is short-lived, and does
not import aiobreaker."""

DATABASE_SCHEDULE: Final = Schedule(
    attempts=3, base=timedelta(seconds=0.5), cap=timedelta(seconds=5)
)

_REPEATABLE: Final = {DatabaseUnavailable.dependency, DatabaseReadOnly.dependency}
"""Whose outage a use case survives: after a failover another connection takes writes again."""


def database_breaker(listeners: Listeners = ()) -> "Breaker | Unguarded":
    """Open after five failures in a row, for 15 s or until a probe is answered; then 3 trials."""
    if listeners is None:
        return Unguarded()
    from adapters.resilience.breaker import Breaker, ConsecutiveFailures  # noqa: PLC0415 - see Listeners

    return Breaker(
        DatabaseUnavailable.dependency,
        ConsecutiveFailures(5),
        open_for=timedelta(seconds=15),
        trials=3,
        listeners=listeners,
    )


def database_retry(listener: RetryListener) -> Retry:
    """Repeat use cases that lost a race or the database, as long as nothing was committed."""
    return Retry(DATABASE_SCHEDULE, may_repeat_use_case, listener=listener)


def may_repeat_use_case(error: DomainError) -> bool:
    """Tell whether a use case that ended so left nothing behind, and may succeed now.

    All before a COMMIT was rolled back. An open breaker and a full password queue say that
    trying again would make things worse.
    """
    if has_committed() or isinstance(error, CircuitOpen | OutcomeUnknown):
        return False
    if isinstance(error, DependencyUnavailable):
        return error.dependency in _REPEATABLE
    return isinstance(error, ConcurrentUpdate)


def rate_limiter(dependency: str, listeners: Listeners = ()) -> Pipeline:
    """Build what stands around a limiter that every request asks, and that can be done without.

    A call has 1 s, and a breaker that soon leaves it alone.
    """
    timeout = Timeout(dependency, timedelta(seconds=1))
    return Pipeline(*_soon_left_alone(dependency, listeners), timeout)


def cache(dependency: str, listeners: Listeners = ()) -> Pipeline:
    """Build what stands around a cache elsewhere: a breaker that soon leaves it alone.

    The adapter bounds its waits: one timer more would cost a tenth of a look-up.
    """
    return Pipeline(*_soon_left_alone(dependency, listeners))


def external(dependency: str, *, timeout: timedelta, listeners: Listeners = ()) -> Pipeline:
    """Build what stands around calls to something behind a network; one for each dependency.

    `dependency` is the name that its adapter puts into DependencyUnavailable. The breaker opens
    for 60 s when at least half of the last ten calls failed; `timeout` ends one call, and counts
    as a failure.

        self._pipeline = external("breached passwords", timeout=timedelta(seconds=1))
        ...
        await self._pipeline.run("breached_passwords.contains", lambda: inner.contains(password))

    Raises what the call raises, DependencyUnavailable after `timeout`, CircuitOpen while the
    breaker is open, OperationTimedOut at the caller's deadline.
    """
    limit = Timeout(dependency, timeout)
    if listeners is None:
        return Pipeline(limit)
    from adapters.resilience.breaker import Breaker, FailureRate  # noqa: PLC0415 - see Listeners

    rule = FailureRate(calls=10, share=0.5)
    breaker = Breaker(dependency, rule, open_for=timedelta(seconds=60), listeners=listeners)
    return Pipeline(breaker, limit)


def _soon_left_alone(dependency: str, listeners: Listeners) -> "tuple[Breaker, ...]":
    """Open after three outages in a row, and let one call try after 5 s.

    So much of an outage is noticed by whoever calls.
    """
    if listeners is None:
        return ()
    from adapters.resilience.breaker import Breaker, ConsecutiveFailures  # noqa: PLC0415 - see Listeners

    rule = ConsecutiveFailures(3)
    return (
        Breaker(dependency, rule, open_for=timedelta(seconds=5), trials=1, listeners=listeners),
    )
