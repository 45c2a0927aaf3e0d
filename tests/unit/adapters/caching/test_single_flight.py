import asyncio
import time
from asyncio import CancelledError, Event, Task, gather
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from adapters.caching.single_flight import Flight, SingleFlight
from application.context import CallContext, call_context
from application.errors import DatabaseUnavailable, OperationTimedOut

Flights = SingleFlight[int]


@dataclass
class Load:
    """Waits for `answer`, gives how often it was asked, and counts those that were broken off."""

    answer: Event = field(default_factory=Event)
    error: BaseException | None = None
    asked: int = 0
    broken_off: int = 0

    async def __call__(self, _: Flight[int]) -> int:
        self.asked += 1
        asked = self.asked
        try:
            await self.answer.wait()
        except CancelledError:
            await settle()
            self.broken_off += 1
            raise
        if self.error is not None:
            raise self.error
        return asked


@pytest.fixture
def flights() -> Flights:
    return SingleFlight()


async def settle() -> None:
    """Let everybody go as far as they get."""
    for _ in range(10):
        await asyncio.sleep(0)


async def waiting(
    number: int, flights: Flights, load: Callable[[Flight[int]], Awaitable[int]]
) -> list[Task[int]]:
    tasks = [asyncio.create_task(flights.run("key", load)) for _ in range(number)]
    await settle()
    return tasks


async def test_a_hundred_who_ask_at_once_share_one_call(flights: Flights) -> None:
    load = Load()
    tasks = await waiting(100, flights, load)
    load.answer.set()

    assert await gather(*tasks) == [1] * 100
    assert len(flights) == 0


async def test_nothing_is_kept_for_those_who_ask_later(flights: Flights) -> None:
    load = Load()
    load.answer.set()

    assert [await flights.run("key", load) for _ in range(2)] == [1, 2]


async def test_other_keys_have_calls_of_their_own(flights: Flights) -> None:
    load = Load()
    load.answer.set()

    assert sorted(await gather(flights.run("a", load), flights.run("b", load))) == [1, 2]


async def test_an_error_reaches_all_who_wait_and_is_not_kept(flights: Flights) -> None:
    load = Load(error=DatabaseUnavailable())
    tasks = await waiting(3, flights, load)
    load.answer.set()
    ends = await gather(*tasks, return_exceptions=True)

    load.error = None
    assert [type(end) for end in ends] == [DatabaseUnavailable] * 3
    assert await flights.run("key", load) == 2


@pytest.mark.parametrize("leaver", [0, 1, 2])
async def test_whoever_leaves_leaves_the_call_to_the_others(flights: Flights, leaver: int) -> None:
    load = Load()
    tasks = await waiting(3, flights, load)
    left = tasks.pop(leaver)
    left.cancel()
    await gather(left, return_exceptions=True)
    load.answer.set()

    assert left.cancelled()
    assert await gather(*tasks) == [1, 1]
    assert (load.asked, load.broken_off) == (1, 0)


async def test_the_call_ends_before_the_last_of_those_who_leave(flights: Flights) -> None:
    load = Load()
    tasks = await waiting(3, flights, load)
    for task in tasks:
        task.cancel()
    await gather(*tasks, return_exceptions=True)

    assert (load.asked, load.broken_off, len(flights)) == (1, 1, 0)
    load.answer.set()
    assert await flights.run("key", load) == 2


async def test_who_comes_while_a_call_is_being_broken_off_begins_another(flights: Flights) -> None:
    load = Load()
    (alone,) = await waiting(1, flights, load)
    alone.cancel()
    await asyncio.sleep(0)
    (late,) = await waiting(1, flights, load)
    load.answer.set()

    assert await late == 2


@pytest.mark.parametrize("yields", range(4))
async def test_a_call_that_is_cancelled_at_any_moment_leaves_nothing(
    flights: Flights, yields: int
) -> None:
    task = asyncio.create_task(flights.run("key", Load()))
    for _ in range(yields):
        await asyncio.sleep(0)
    task.cancel()
    await gather(task, return_exceptions=True)

    assert (task.cancelled(), len(flights)) == (True, 0)


async def test_a_call_that_is_cancelled_from_elsewhere_ends_for_its_leader_alone(
    flights: Flights,
) -> None:
    load = Load()
    calls: list[Task[int] | None] = []

    async def noting(flight: Flight[int]) -> int:
        calls.append(asyncio.current_task())
        return await load(flight)

    leader, *followers = await waiting(3, flights, noting)
    assert calls[0] is not None
    calls[0].cancel()
    await gather(leader, return_exceptions=True)
    load.answer.set()

    assert leader.cancelled()
    assert await gather(*followers) == [2, 2]


async def test_the_leaders_deadline_is_not_that_of_the_others(flights: Flights) -> None:
    load = Load()
    in_haste = CallContext(request_id="leader", deadline=time.monotonic() + 0.02)
    token = call_context.set(in_haste)
    leader = asyncio.create_task(flights.run("key", load))
    call_context.reset(token)
    await settle()
    followers = await waiting(3, flights, load)

    with pytest.raises(OperationTimedOut):
        await leader
    load.answer.set()
    assert await gather(*followers) == [2] * 3
    assert (load.asked, load.broken_off) == (2, 1)


async def test_the_call_sees_its_leaders_context_and_changes_nobodys(flights: Flights) -> None:
    whose: ContextVar[str] = ContextVar("whose")
    seen: list[str] = []
    answer = Event()

    async def load(_: Flight[int]) -> int:
        seen.append(whose.get())
        whose.set("the call's")
        await answer.wait()
        return 1

    async def ask(name: str) -> str:
        whose.set(name)
        await flights.run("key", load)
        return whose.get()

    tasks = [asyncio.create_task(ask(name)) for name in ("leader", "follower")]
    await settle()
    answer.set()

    assert await gather(*tasks) == ["leader", "follower"]
    assert seen == ["leader"]


async def test_what_was_forgotten_is_not_joined_and_knows_it(flights: Flights) -> None:
    seen: list[Flight[int]] = []
    load = Load()

    async def noting(flight: Flight[int]) -> int:
        seen.append(flight)
        return await load(flight)

    (early,) = await waiting(1, flights, noting)
    flights.forget("key")
    (late,) = await waiting(1, flights, noting)
    load.answer.set()

    assert [await early, await late] == [1, 2]
    assert [flight.is_current for flight in seen] == [False, True]


async def test_only_those_who_know_the_same_share_a_call(flights: Flights) -> None:
    load = Load()
    tasks = [
        asyncio.create_task(flights.run("key", load, seen_version=known))
        for known in (None, b"a", b"a", None)
    ]
    await settle()
    load.answer.set()

    assert await gather(*tasks) == [1, 2, 2, 3]


async def test_a_call_that_takes_long_is_not_joined_any_more() -> None:
    now = [0.0]
    flights: Flights = SingleFlight(join_within=timedelta(seconds=1), monotonic=lambda: now[0])
    load = Load()
    tasks = await waiting(1, flights, load)
    now[0] = 0.9
    tasks += await waiting(1, flights, load)
    now[0] = 1.0
    tasks += await waiting(1, flights, load)
    load.answer.set()

    assert await gather(*tasks) == [1, 1, 2]
