"""Circuit breaker (M. Nygard, "Release It!").

It spares a dependency that is down, and whoever would wait for it:

    closed --the rule trips--> open --time is over, or a probe got an answer--> half-open
    half-open --the first trial that is answered--> closed
    half-open --the first trial that fails--> open
"""

import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from adapters.resilience.circuit import Circuit
from adapters.resilience.outcome import Outcome, judge
from adapters.resilience.pipeline import Step
from adapters.resilience.trip_rules import TripRule
from application.errors import CircuitOpen
from application.ports.call_guard import CallGuard, CallPermit
from application.ports.circuit_listener import CircuitListener, CircuitState

T = TypeVar("T")


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
        self._circuit = Circuit(name, listeners)
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
            match judge(error, self._breaker.name):
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
