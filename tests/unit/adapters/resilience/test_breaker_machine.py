"""The breaker against a model of it, in any order of calls, ends, probes and hours."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.resilience.breaker import Outcome, Permit
from application.errors import CircuitOpen
from application.ports.circuit_listener import CircuitState
from tests.unit.adapters.resilience.circuits import OPEN_FOR, Bench

LIMIT, TRIALS = 5, 3
CLOSED, HALF_OPEN, OPEN = CircuitState.CLOSED, CircuitState.HALF_OPEN, CircuitState.OPEN


@dataclass
class Flight:
    permit: Permit
    episode: int
    is_trial: bool


class BreakerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.state = CLOSED
        self.episode = 0
        self.row = 0
        self.until = 0.0
        self.flights: list[Flight] = []
        self.old_probes: list[int] = []

    def go(self, to: CircuitState) -> None:
        self.state = to
        self.episode += 1
        self.row = 0
        if to is OPEN:
            self.until = self.bench.time + OPEN_FOR

    def in_trial(self) -> int:
        return sum(flight.is_trial for flight in self.flights)

    @rule(seconds=st.sampled_from([0.5, 1.0, 14.9, 15.0, 60.0]))
    def wait(self, seconds: float) -> None:
        self.bench.time += seconds

    @rule()
    def enter(self) -> None:
        if self.state is OPEN and self.bench.time >= self.until:
            self.go(HALF_OPEN)
        may = self.state is CLOSED or (self.state is HALF_OPEN and self.in_trial() < TRIALS)
        if not may:
            with pytest.raises(CircuitOpen) as caught:
                self.bench.breaker.enter()
            assert caught.value.retry_after >= 1
            return
        permit = self.bench.breaker.enter()
        self.flights.append(Flight(permit, self.episode, self.state is HALF_OPEN))

    @precondition(lambda self: self.flights)
    @rule(outcome=st.sampled_from(Outcome), data=st.data())
    def end(self, outcome: Outcome, data: st.DataObject) -> None:
        flight = self.flights.pop(data.draw(st.integers(0, len(self.flights) - 1)))
        self.bench.end(flight.permit, outcome)
        if flight.episode != self.episode or outcome is Outcome.UNKNOWN:
            return
        if flight.is_trial:
            self.go(OPEN if outcome is Outcome.FAILED else CLOSED)
            return
        self.row = self.row + 1 if outcome is Outcome.FAILED else 0
        if self.row == LIMIT:
            self.go(OPEN)

    @rule()
    def send_a_probe(self) -> None:
        self.old_probes.append(self.bench.breaker.generation)

    @precondition(lambda self: self.old_probes)
    @rule(data=st.data())
    def answer_a_probe(self, data: st.DataObject) -> None:
        sent_in = data.draw(st.sampled_from(self.old_probes))
        is_current = sent_in == self.bench.breaker.generation
        self.bench.breaker.try_again(sent_in)
        if self.state is OPEN and is_current:
            self.go(HALF_OPEN)

    @invariant()
    def it_is_where_the_model_is(self) -> None:
        assert self.bench.state() is self.state

    @invariant()
    def trials_are_few(self) -> None:
        assert self.in_trial() <= TRIALS

    @invariant()
    def listeners_heard_every_change_in_order(self) -> None:
        changes = self.bench.journal.changes
        states = ["CLOSED", *(after for _, _, after in changes)]
        assert [before for _, before, _ in changes] == states[:-1]
        assert states[-1] == self.state.name
        assert len(changes) == self.episode


TestBreakerMachine = BreakerMachine.TestCase
TestBreakerMachine.settings = settings(max_examples=60, stateful_step_count=60)
