import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.resilience import presets
from adapters.resilience.retry import Retry, Schedule
from application.context import CallContext, call_context
from application.errors import (
    CircuitOpen,
    ConcurrentUpdate,
    DatabaseUnavailable,
    DependencyUnavailable,
    OperationTimedOut,
    OutcomeUnknown,
)
from domain.user.errors import UserAlreadyExists
from tests.unit.adapters.resilience.circuits import eventually

QUICK = Schedule(attempts=3, base=timedelta(seconds=0.5), cap=timedelta(seconds=5))
DOWN = DatabaseUnavailable()


class Bench:
    """A retry that draws `drawn` (a share of the limit) and notes what it was told."""

    def __init__(self, schedule: Schedule = QUICK, *, drawn: float = 0.0) -> None:
        self.limits: list[float] = []
        self.waits: list[float] = []
        self.calls = 0
        self.drawn = drawn
        self.time = 100.0
        self.retry = Retry(
            schedule,
            presets.may_repeat_use_case,
            listener=lambda _name, _error, wait: self.waits.append(wait),
            uniform=self._draw,
            monotonic=lambda: self.time,
        )

    def _draw(self, low: float, high: float) -> float:
        assert low == 0
        self.limits.append(high)
        return self.drawn * high

    async def run(self, errors: Iterable[Exception]) -> int:
        left = list(errors)

        async def call() -> int:
            self.calls += 1
            if left:
                raise left.pop(0)
            return self.calls

        return await self.retry.run("call", call)


async def test_what_succeeds_in_the_end_is_a_success() -> None:
    bench = Bench()

    assert await bench.run([DOWN, ConcurrentUpdate()]) == 3
    assert bench.waits == [0, 0]


async def test_after_so_many_attempts_the_error_is_told() -> None:
    bench = Bench()

    with pytest.raises(DatabaseUnavailable):
        await bench.run([DOWN] * 9)

    assert bench.calls == 3


async def test_the_schedule_of_the_database_is_that_of_the_design() -> None:
    bench = Bench(presets.DATABASE_SCHEDULE)

    with pytest.raises(DatabaseUnavailable):
        await bench.run([DOWN] * 9)

    assert bench.limits == [0.5, 1.0]


@given(attempts=st.integers(2, 12), base=st.floats(0.1, 5), cap=st.floats(0.1, 60))
def test_a_wait_is_drawn_from_what_doubles_up_to_the_cap(
    attempts: int, base: float, cap: float
) -> None:
    schedule = Schedule(attempts=attempts, base=timedelta(seconds=base), cap=timedelta(seconds=cap))
    bench = Bench(schedule)

    with pytest.raises(DatabaseUnavailable):
        asyncio.run(bench.run([DOWN] * attempts))

    base, cap = schedule.base.total_seconds(), schedule.cap.total_seconds()
    assert bench.limits == [min(cap, base * 2**n) for n in range(attempts - 1)]


@pytest.mark.parametrize(
    "error",
    [
        CircuitOpen(dependency="database"),
        OutcomeUnknown(dependency="database"),
        DependencyUnavailable(dependency="password hasher"),
        DependencyUnavailable(),
        OperationTimedOut(),
        UserAlreadyExists(),
        ZeroDivisionError(),
    ],
)
async def test_what_is_not_transient_or_not_safe_is_told_at_once(error: Exception) -> None:
    bench = Bench()

    with pytest.raises(type(error)):
        await bench.run([error])

    assert bench.calls == 1


@pytest.mark.parametrize(("left", "calls"), [(0.5, 1), (0.6, 2), (None, 3)])
async def test_no_wait_reaches_the_deadline(left: float | None, calls: int) -> None:
    bench = Bench(drawn=1.0)
    bench.time = 100.0
    deadline = None if left is None else bench.time + left
    token = call_context.set(CallContext(request_id="r", deadline=deadline))

    with pytest.raises(DatabaseUnavailable):
        await bench.run([DOWN] * 9)

    call_context.reset(token)
    assert bench.calls == calls


async def test_cancelling_ends_a_wait() -> None:
    hour = timedelta(hours=1)
    bench = Bench(Schedule(attempts=3, base=hour, cap=hour), drawn=1.0)
    task = asyncio.create_task(bench.run([DOWN] * 9))
    await eventually(lambda: bool(bench.waits))

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.calls == 1
