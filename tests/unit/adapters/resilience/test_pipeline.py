import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from adapters.resilience import presets
from adapters.resilience.pipeline import Pipeline, Step
from adapters.resilience.retry import Retry, Schedule
from adapters.resilience.timeout import Timeout
from application.context import CallContext, call_context
from application.errors import CircuitOpen, DependencyUnavailable, OperationTimedOut
from tests.unit.adapters.resilience.circuits import Journal

T = TypeVar("T")

SOON, LATE = timedelta(milliseconds=10), timedelta(hours=1)


class Noted(Step):
    def __init__(self, word: str, notes: list[str]) -> None:
        self._word = word
        self._notes = notes

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        self._notes.append(f"{self._word} {name}")
        result = await call()
        self._notes.append(f"after {self._word}")
        return result


async def forever() -> None:
    await asyncio.Event().wait()


async def test_the_first_step_is_the_outermost() -> None:
    notes: list[str] = []

    async def call() -> int:
        notes.append("called")
        return 42

    assert await Pipeline(Noted("a", notes), Noted("b", notes)).run("it", call) == 42
    assert notes == ["a it", "b it", "called", "after b", "after a"]


async def test_without_steps_there_is_only_the_call() -> None:
    async def call() -> int:
        return 42

    assert await Pipeline().run("it", call) == 42


async def test_a_call_that_takes_too_long_is_an_outage() -> None:
    with pytest.raises(DependencyUnavailable) as caught:
        await Timeout("geocoder", SOON).run("geocode", forever)

    assert caught.value.dependency == "geocoder"


async def test_a_deadline_that_comes_first_is_the_callers_own() -> None:
    soon = time.monotonic() + SOON.total_seconds()
    token = call_context.set(CallContext(request_id="r", deadline=soon))

    with pytest.raises(OperationTimedOut):
        await Timeout("geocoder", LATE).run("geocode", forever)

    call_context.reset(token)


async def test_a_timeout_of_the_call_itself_is_passed_on() -> None:
    async def call() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await Timeout("geocoder", LATE).run("geocode", call)


async def test_an_external_dependency_that_hangs_is_left_alone_after_ten_calls() -> None:
    journal = Journal()
    pipeline = presets.external("geocoder", timeout=timedelta(0), listeners=(journal,))
    for _ in range(10):
        with pytest.raises(DependencyUnavailable):
            await pipeline.run("geocode", forever)

    with pytest.raises(CircuitOpen) as caught:
        await pipeline.run("geocode", forever)

    assert 59 < caught.value.retry_after <= 60
    assert journal.changes == [("geocoder", "CLOSED", "OPEN")]


async def test_a_retry_counts_each_attempt_and_stops_where_the_breaker_opens() -> None:
    waits: list[float] = []
    many = Retry(
        Schedule(attempts=99, base=timedelta(0), cap=timedelta(0)),
        lambda error: not isinstance(error, CircuitOpen),
        listener=lambda _name, _error, wait: waits.append(wait),
    )
    pipeline = Pipeline(many, presets.external("geocoder", timeout=timedelta(0)))

    with pytest.raises(CircuitOpen):
        await pipeline.run("geocode", forever)

    assert len(waits) == 10
