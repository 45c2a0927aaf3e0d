import asyncio
import time

import pytest

from adapters.resilience.breaker import Outcome
from application.context import CallContext, call_context
from application.errors import (
    CircuitOpen,
    ConcurrentUpdate,
    DatabaseUnavailable,
    DependencyUnavailable,
    OperationTimedOut,
    OutcomeUnknown,
)
from application.ports.circuit_listener import CircuitState
from domain.user.errors import UserAlreadyExists
from tests.unit.adapters.resilience.circuits import OPEN_FOR, Bench

ANSWERED, FAILED, UNKNOWN = Outcome.ANSWERED, Outcome.FAILED, Outcome.UNKNOWN


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_five_failures_in_a_row_open_it_and_four_do_not(bench: Bench) -> None:
    for outcome in [FAILED] * 4 + [ANSWERED] + [FAILED] * 4:
        bench.call(outcome)
    assert bench.state() is CircuitState.CLOSED

    bench.call(FAILED)

    assert bench.state() is CircuitState.OPEN
    assert bench.journal.changes == [("database", "CLOSED", "OPEN")]
    assert bench.journal.failures == ["database"] * 9


def test_a_call_that_says_nothing_neither_counts_nor_ends_a_row(bench: Bench) -> None:
    for outcome in [FAILED] * 4 + [UNKNOWN] * 5:
        bench.call(outcome)
    assert bench.state() is CircuitState.CLOSED

    bench.call(FAILED)

    assert bench.state() is CircuitState.OPEN


def test_while_open_it_refuses_and_says_for_how_long(bench: Bench) -> None:
    bench.trip()

    bench.time += 4.5
    refusal = bench.refusal()

    assert refusal is not None
    assert refusal.dependency == "database"
    assert refusal.retry_after == OPEN_FOR - 4.5


def test_a_refusal_never_invites_sooner_than_in_a_second(bench: Bench) -> None:
    bench.trip()

    bench.time += OPEN_FOR - 0.01
    refusal = bench.refusal()

    assert refusal is not None
    assert refusal.retry_after == 1


def test_when_its_time_is_over_only_so_many_trials_go_at_once(bench: Bench) -> None:
    bench.trip()
    bench.time += OPEN_FOR

    trials = [bench.breaker.enter() for _ in range(3)]

    assert bench.state() is CircuitState.HALF_OPEN
    refusal = bench.refusal()
    assert refusal is not None
    assert refusal.retry_after == 1
    trials[0].settle(UNKNOWN)
    assert bench.refusal() is None


@pytest.mark.parametrize(
    ("outcome", "state"), [(ANSWERED, CircuitState.CLOSED), (FAILED, CircuitState.OPEN)]
)
def test_the_first_trial_decides(bench: Bench, outcome: Outcome, state: CircuitState) -> None:
    bench.trip()
    bench.time += OPEN_FOR

    bench.call(outcome)

    assert bench.state() is state


def test_a_late_success_closes_no_breaker_that_opened_again(bench: Bench) -> None:
    early = bench.breaker.enter()
    bench.trip()
    early.settle(ANSWERED)
    assert bench.state() is CircuitState.OPEN
    bench.time += OPEN_FOR
    slow, quick = bench.breaker.enter(), bench.breaker.enter()
    quick.settle(FAILED)

    slow.settle(ANSWERED)

    assert bench.state() is CircuitState.OPEN


def test_a_late_failure_opens_no_breaker_that_closed_again(bench: Bench) -> None:
    early = [bench.breaker.enter() for _ in range(20)]
    bench.trip()
    bench.time += OPEN_FOR
    slow = bench.breaker.enter()
    bench.call(ANSWERED)

    for permit in (slow, *early):
        bench.end(permit, FAILED)

    assert bench.state() is CircuitState.CLOSED


def test_trials_that_hang_still_take_room_after_it_opened_again(bench: Bench) -> None:
    bench.trip()
    bench.time += OPEN_FOR
    hanging = [bench.breaker.enter() for _ in range(2)]
    bench.call(FAILED)
    bench.time += OPEN_FOR

    only = bench.breaker.enter()

    assert bench.refusal() is not None
    hanging[0].settle(ANSWERED)
    assert bench.state() is CircuitState.HALF_OPEN
    only.settle(ANSWERED)
    assert bench.state() is CircuitState.CLOSED


def test_a_permit_counts_once(bench: Bench) -> None:
    permit = bench.breaker.enter()

    for _ in range(9):
        bench.end(permit, FAILED)

    assert bench.state() is CircuitState.CLOSED
    assert bench.journal.failures == ["database"]


def test_a_probe_of_an_earlier_outage_ends_no_later_one(bench: Bench) -> None:
    bench.trip()
    asked_in = bench.breaker.generation
    bench.time += OPEN_FOR
    bench.call(FAILED)

    bench.breaker.try_again(asked_in)
    assert bench.state() is CircuitState.OPEN
    bench.breaker.try_again(bench.breaker.generation)
    assert bench.state() is CircuitState.HALF_OPEN


@pytest.mark.parametrize(
    "error",
    [
        DatabaseUnavailable(),
        DependencyUnavailable(dependency="database"),
        OutcomeUnknown(dependency="database"),
        OperationTimedOut(),
        TimeoutError(),
    ],
)
async def test_outages_and_timeouts_count(bench: Bench, error: Exception) -> None:
    await _fail(bench, error, times=5)

    assert bench.state() is CircuitState.OPEN


@pytest.mark.parametrize(
    "error",
    [
        UserAlreadyExists(),
        ConcurrentUpdate(),
        DependencyUnavailable(dependency="password hasher"),
        CircuitOpen(dependency="database"),
        ZeroDivisionError(),
        asyncio.CancelledError(),
    ],
)
async def test_nothing_else_counts(bench: Bench, error: BaseException) -> None:
    await _fail(bench, error, times=20)

    assert bench.state() is CircuitState.CLOSED


async def test_a_domain_error_is_an_answer(bench: Bench) -> None:
    bench.trip()
    bench.time += OPEN_FOR

    await _fail(bench, UserAlreadyExists(), times=1)

    assert bench.state() is CircuitState.CLOSED


async def test_a_call_that_hung_until_its_deadline_is_a_failure(bench: Bench) -> None:
    late = CallContext(request_id="late", deadline=time.monotonic() - 1)
    token = call_context.set(late)

    await _fail(bench, asyncio.CancelledError(), times=5)

    call_context.reset(token)
    assert bench.state() is CircuitState.OPEN


async def test_a_cancelled_trial_gives_its_permit_back(bench: Bench) -> None:
    bench.trip()
    bench.time += OPEN_FOR
    hanging = [
        asyncio.create_task(bench.breaker.run("hang", asyncio.Event().wait)) for _ in range(3)
    ]
    await asyncio.sleep(0)
    assert bench.refusal() is not None

    hanging[0].cancel()
    await asyncio.wait(hanging[:1])

    assert bench.refusal() is None
    assert bench.state() is CircuitState.HALF_OPEN
    for task in hanging:
        task.cancel()
    await asyncio.wait(hanging)


async def test_while_open_nothing_is_called(bench: Bench) -> None:
    bench.trip()

    async def call() -> None:
        pytest.fail("it was called")

    with pytest.raises(CircuitOpen):
        await bench.breaker.run("call", call)


async def _fail(bench: Bench, error: BaseException, *, times: int) -> None:
    async def call() -> None:
        raise error

    for _ in range(times):
        with pytest.raises(type(error)):
            await bench.breaker.run("call", call)
