import asyncio
from asyncio import Event
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.resilience.breaker import Outcome
from adapters.resilience.probe import Probe
from application.context import CallContext, call_context
from application.errors import DatabaseReadOnly, DatabaseUnavailable
from application.ports.circuit_listener import CircuitState
from application.ports.lifecycle import HealthCheck
from tests.unit.adapters.resilience.circuits import OPEN_FOR, Bench, eventually

SOON = timedelta(milliseconds=1)


class Patient(HealthCheck):
    """A dependency that is ill until it is well."""

    name = "database"

    def __init__(self) -> None:
        self.is_well = False
        self.asked = 0
        self.asked_for = ""
        self.was_asked = Event()
        self.answer: Event | None = None

    async def check(self) -> None:
        self.asked += 1
        self.asked_for = call_context.get().request_id
        self.was_asked.set()
        if self.answer is not None:
            await self.answer.wait()
        if not self.is_well:
            raise DatabaseUnavailable


class Ward:
    def __init__(self, *, every: timedelta = SOON, patience: timedelta = SOON) -> None:
        self.bench = Bench()
        self.patient = Patient()
        self.probe = Probe(self.bench.breaker, self.patient, every=every, patience=patience)


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    ward = Ward()
    await ward.probe.open()
    yield ward
    await ward.probe.close()


async def until(ward: Ward, state: CircuitState) -> None:
    await eventually(lambda: ward.bench.state() is state)


async def test_an_answer_lets_trials_through_before_the_time_is_over(ward: Ward) -> None:
    ward.bench.trip()
    await ward.patient.was_asked.wait()
    assert ward.bench.state() is CircuitState.OPEN

    ward.patient.is_well = True

    await until(ward, CircuitState.HALF_OPEN)
    ward.bench.call(Outcome.ANSWERED)
    assert ward.bench.state() is CircuitState.CLOSED


async def test_it_asks_only_while_the_breaker_is_open(ward: Ward) -> None:
    await asyncio.sleep(0.01)
    assert ward.patient.asked == 0
    ward.patient.is_well = True

    ward.bench.trip()
    await until(ward, CircuitState.HALF_OPEN)
    asked = ward.patient.asked
    await asyncio.sleep(0.01)

    assert ward.patient.asked == asked == 1


async def test_it_asks_again_in_the_next_outage(ward: Ward) -> None:
    ward.patient.is_well = True
    for _ in range(3):
        ward.bench.trip()
        await until(ward, CircuitState.HALF_OPEN)
        ward.bench.call(Outcome.ANSWERED)

    assert ward.patient.asked == 3


async def test_it_goes_on_when_the_trial_it_let_through_fails(ward: Ward) -> None:
    ward.patient.is_well = True
    ward.bench.trip()
    await until(ward, CircuitState.HALF_OPEN)
    ward.bench.call(Outcome.FAILED)

    await until(ward, CircuitState.HALF_OPEN)


async def test_an_answer_from_an_earlier_outage_is_dropped(ward: Ward) -> None:
    ward.patient.answer = Event()
    await ward.probe.close()
    ward.probe = Probe(
        ward.bench.breaker, ward.patient, every=timedelta(0), patience=timedelta(hours=1)
    )
    await ward.probe.open()
    ward.patient.is_well = True
    ward.bench.trip()
    await ward.patient.was_asked.wait()
    ward.bench.time += OPEN_FOR
    ward.bench.call(Outcome.FAILED)
    ward.patient.was_asked.clear()

    ward.patient.answer.set()
    ward.patient.answer = Event()
    await ward.patient.was_asked.wait()

    assert ward.bench.state() is CircuitState.OPEN
    ward.patient.answer.set()
    await until(ward, CircuitState.HALF_OPEN)


async def test_it_knows_nothing_of_the_call_that_met_the_outage(ward: Ward) -> None:
    token = call_context.set(CallContext(request_id="late", deadline=0.0))
    ward.bench.trip()
    call_context.reset(token)

    await ward.patient.was_asked.wait()

    assert ward.patient.asked_for == "none"


async def test_a_probe_that_hangs_is_given_up(ward: Ward) -> None:
    ward.patient.is_well, ward.patient.answer = True, Event()
    ward.bench.trip()

    await eventually(lambda: ward.patient.asked >= 3)

    ward.patient.answer.set()
    await until(ward, CircuitState.HALF_OPEN)


async def test_nothing_is_asked_before_it_opens_and_after_it_closes() -> None:
    ward = Ward()
    ward.bench.trip()
    await asyncio.sleep(0.01)
    await ward.probe.open()
    ward.bench.time += OPEN_FOR
    ward.bench.call(Outcome.FAILED)
    await ward.patient.was_asked.wait()

    await ward.probe.close()
    asked = ward.patient.asked
    await asyncio.sleep(0.01)

    assert ward.patient.asked == asked
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "probe"]


async def test_a_database_that_only_takes_no_writes_is_an_answer(ward: Ward) -> None:
    async def check() -> None:
        raise DatabaseReadOnly

    ward.patient.check = check  # type: ignore[method-assign] # of this patient alone
    ward.bench.trip()

    await until(ward, CircuitState.HALF_OPEN)
