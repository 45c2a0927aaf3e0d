"""Circuit breaker (M. Nygard, "Release It!").

It refuses calls to a dependency that is down, so that nobody waits for it:

    closed --the rule trips--> open --time is over, or a probe got an answer--> half-open
    half-open --the first trial that is answered--> closed
    half-open --the first trial that fails--> open

Importing this module imports aiobreaker (0.1 s, more than 1 s from a cold disk). `presets.py` does
so where a breaker is built: in the server, and never in a command.
"""

import time
from asyncio import CancelledError
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from enum import Enum, auto
from typing import Final, Protocol, TypeVar

from aiobreaker import CircuitBreaker, CircuitBreakerListener, CircuitBreakerState
from aiobreaker.state import CircuitBreakerBaseState
from aiobreaker.storage.memory import CircuitMemoryStorage

from adapters.resilience.pipeline import Step
from application.context import call_context
from application.errors import CircuitOpen, DependencyUnavailable, OperationTimedOut
from application.ports.call_guard import CallGuard, CallPermit
from application.ports.circuit_listener import CircuitListener, CircuitState
from domain.errors import DomainError

T = TypeVar("T")


class Outcome(Enum):
    """Outcome of a call as a circuit breaker counts it."""

    ANSWERED = auto()
    """It works, whatever it answered: a conflict is an answer too."""
    FAILED = auto()
    """It is out of reach, or too slow."""
    UNKNOWN = auto()
    """It was not the dependency that ended the call: the caller left, or there is a bug."""


class TripRule(Protocol):
    """Decides from the outcomes of calls, in the order in which they end, whether to open."""

    def trips(self, *, failed: bool) -> bool:
        """Count one more outcome; returns whether the breaker opens."""
        ...

    def forget(self) -> None:
        """Reset, as if there had been no call."""
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


class Breaker(Step, CallGuard):
    """Lets calls through while the dependency `name` works, and refuses them while it does not.

    It is closed, open for `open_for`, or half-open, with `trials` calls in flight at most. Each
    change begins a generation, and only results of calls that entered in the present one count:
    a success from before the outage closes nothing, a failure from before the recovery opens
    nothing. `monotonic` gives seconds. For one event loop: nothing here waits between looking
    and acting.
    """

    def __init__(
        self,
        name: str,
        rule: TripRule,
        *,
        open_for: timedelta,
        trials: int = 3,
        listeners: Iterable[CircuitListener] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.generation = 0
        self._rule = rule
        self._open_for = open_for.total_seconds()
        self._trials = trials
        self._in_trial = 0
        self._opens_until = 0.0
        self._circuit = _Circuit(name, listeners)
        self._monotonic = monotonic

    @property
    def state(self) -> CircuitState:
        """The state as of the last call: an open breaker half-opens when the next one comes."""
        return self._circuit.state

    def add_listener(self, listener: CircuitListener) -> None:
        self._circuit.add_listener(listener)

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG002 - a step's
        permit = self.enter()
        try:
            result = await call()
        except BaseException as error:
            permit.settle_by(error)
            raise
        permit.settle(Outcome.ANSWERED)
        return result

    def enter(self) -> "Permit":
        """Let one call through, whose permit is to be settled; raises CircuitOpen."""
        if self.state is CircuitState.OPEN:
            left = self._opens_until - self._monotonic()
            if left > 0:
                raise self._refusal(left)
            self._move(CircuitState.HALF_OPEN)
        is_trial = self.state is CircuitState.HALF_OPEN
        if is_trial:
            # Trials of an earlier generation that have not ended are a burden all the same.
            if self._in_trial >= self._trials:
                raise self._refusal(1)
            self._in_trial += 1
        return Permit(self, self.generation, is_trial=is_trial)

    def try_again(self, generation: int) -> None:
        """Half-open before the time is over, because a probe sent in `generation` was answered."""
        if self.state is CircuitState.OPEN and generation == self.generation:
            self._move(CircuitState.HALF_OPEN)

    def settle(self, permit: "Permit", outcome: Outcome) -> None:
        """Take the result of a call; a permit does this once."""
        if permit.is_trial:
            self._in_trial -= 1
        if permit.generation != self.generation or outcome is Outcome.UNKNOWN:
            return
        if permit.is_trial:
            self._move(CircuitState.OPEN if outcome is Outcome.FAILED else CircuitState.CLOSED)
        elif self._rule.trips(failed=outcome is Outcome.FAILED):
            self._move(CircuitState.OPEN)

    def record_failure(self, error: BaseException) -> None:
        self._circuit.record_failure(error)

    def _move(self, to: CircuitState) -> None:
        self.generation += 1
        self._rule.forget()
        if to is CircuitState.OPEN:
            self._opens_until = self._monotonic() + self._open_for
        self._circuit.move(to)

    def _refusal(self, seconds: float) -> CircuitOpen:
        return CircuitOpen(dependency=self.name, retry_after=max(1.0, seconds))


class Permit(CallPermit):
    """One call that was let through; it is settled once, and every later time does nothing."""

    def __init__(self, breaker: Breaker, generation: int, *, is_trial: bool) -> None:
        self.generation = generation
        self.is_trial = is_trial
        self._breaker = breaker
        self._is_settled = False

    def settle_by(self, *errors: BaseException | None, has_answered: bool = False) -> None:
        outcome = Outcome.ANSWERED if has_answered else Outcome.UNKNOWN
        for error in filter(None, errors):
            match _judge(error, self._breaker.name):
                case Outcome.FAILED:
                    self.settle(Outcome.FAILED, error)
                    return
                case Outcome.ANSWERED:
                    outcome = Outcome.ANSWERED
        self.settle(outcome)

    def settle(self, outcome: Outcome, error: BaseException | None = None) -> None:
        if self._is_settled:
            return
        self._is_settled = True
        if error is not None:
            self._breaker.record_failure(error)
        self._breaker.settle(self, outcome)


_EARLY: Final = 0.01
"""Seconds by which the timer of a deadline may be early."""


def _judge(error: BaseException, dependency: str) -> Outcome:
    """Classify an error that came out of a call to `dependency`."""
    if isinstance(error, DependencyUnavailable):
        is_its_own = error.dependency == dependency and not isinstance(error, CircuitOpen)
        return Outcome.FAILED if is_its_own else Outcome.UNKNOWN
    if isinstance(error, TimeoutError | OperationTimedOut) or _is_overdue(error):
        return Outcome.FAILED
    return Outcome.ANSWERED if isinstance(error, DomainError) else Outcome.UNKNOWN


def _is_overdue(error: BaseException) -> bool:
    """Whether a call was cancelled because time was over: so ends one to a frozen server."""
    return isinstance(error, CancelledError) and call_context.get().bound(1) <= _EARLY


_THEIRS: Final = {
    CircuitState.CLOSED: CircuitBreakerState.CLOSED,
    CircuitState.HALF_OPEN: CircuitBreakerState.HALF_OPEN,
    CircuitState.OPEN: CircuitBreakerState.OPEN,
}
_OURS: Final = {theirs: ours for ours, theirs in _THEIRS.items()}


class _Circuit:
    """State machine and listeners, by aiobreaker.

    Its own calls are left aside. Half-open, they let every concurrent call through; a late success
    closes a breaker that has opened again; and its times come from the wall clock, `utcnow()` here
    and `now()` there.
    """

    def __init__(self, name: str, listeners: Iterable[CircuitListener]) -> None:
        self._storage = CircuitMemoryStorage(CircuitBreakerState.CLOSED)
        self._breaker = CircuitBreaker(name=name, state_storage=self._storage)
        self.state = CircuitState.CLOSED
        for listener in listeners:
            self.add_listener(listener)

    def add_listener(self, listener: CircuitListener) -> None:
        self._breaker.add_listener(_Listener(listener))

    def move(self, to: CircuitState) -> None:
        self.state = to
        # Not by its `open()`, which reads the wall clock, and warns from Python 3.12 on.
        self._storage.state = _THEIRS[to]
        self._breaker.state = _THEIRS[to]

    def record_failure(self, error: BaseException) -> None:
        for listener in self._breaker.listeners:
            listener.failure(self._breaker, error)


class _Listener(CircuitBreakerListener):  # type: ignore[misc] # aiobreaker ships no types
    def __init__(self, listener: CircuitListener) -> None:
        self._listener = listener

    def state_change(
        self, breaker: CircuitBreaker, old: CircuitBreakerBaseState, new: CircuitBreakerBaseState
    ) -> None:
        self._listener.changed(breaker.name, _OURS[old.state], _OURS[new.state])

    def failure(self, breaker: CircuitBreaker, exception: BaseException) -> None:
        self._listener.failed(breaker.name, exception)
