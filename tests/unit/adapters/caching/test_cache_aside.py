"""Reads and writes of one account, by processes that share a cache or have one each."""

import asyncio
from asyncio import Event, gather
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from adapters.caching.cache_aside import CacheAside
from adapters.memory.cache import MemoryCache
from adapters.memory.null_cache import NullCache
from adapters.msgspec.message_pack import MessagePack
from application.errors import DatabaseUnavailable
from application.ports.cache import Cache
from tests.unit.adapters.caching.asides import an_aside

TTL, SETTLE = timedelta(seconds=30), timedelta(seconds=10)


OLD, NEW = "old", "new"


Aside = CacheAside[str]


def process(cache: Cache, now: list[float] | None = None) -> Aside:
    clock = now if now is not None else [0.0]
    return an_aside(cache, MessagePack(str), ttl=TTL, settle=SETTLE, monotonic=lambda: clock[0])


@dataclass
class Row:
    """What the database holds; a read looks at once and answers when it may."""

    value: str | None = OLD
    answer: Event = field(default_factory=Event)
    asked: int = 0

    async def load(self) -> str | None:
        self.asked += 1
        found = self.value
        await self.answer.wait()
        return found


@pytest.fixture
def row() -> Row:
    return Row()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_thundering_herd_makes_one_query_and_later_ones_none(row: Row) -> None:
    aside = process(MemoryCache())
    herd = [asyncio.create_task(aside.get_or_load("ann", row.load)) for _ in range(100)]
    await settle()
    row.answer.set()

    assert await gather(*herd) == [OLD] * 100
    assert await aside.get_or_load("ann", row.load) == OLD
    assert row.asked == 1


@pytest.mark.parametrize("cache", [MemoryCache(), NullCache()])
async def test_a_herd_right_after_a_change_makes_one_query_too(row: Row, cache: Cache) -> None:
    aside = process(cache)
    await aside.mark_changed("ann")
    herd = [asyncio.create_task(aside.get_or_load("ann", row.load)) for _ in range(100)]
    await settle()
    row.answer.set()
    await gather(*herd)

    assert row.asked == 1


async def test_who_comes_after_a_change_does_not_join_a_load_from_before_it(row: Row) -> None:
    aside = process(MemoryCache())
    early = asyncio.create_task(aside.get_or_load("ann", row.load))
    await settle()
    row.value = NEW
    await aside.mark_changed("ann")
    late = asyncio.create_task(aside.get_or_load("ann", row.load))
    await settle()
    row.answer.set()

    assert await late == NEW
    assert await early in {OLD, NEW}
    assert await aside.get_or_load("ann", row.load) == NEW


async def test_who_comes_after_a_change_elsewhere_does_not_join_a_load_from_before_it(
    row: Row,
) -> None:
    shared = MemoryCache()
    here, there = process(shared), process(shared)
    early = asyncio.create_task(here.get_or_load("ann", row.load))
    await settle()
    row.value = NEW
    await there.mark_changed("ann")
    late = asyncio.create_task(here.get_or_load("ann", row.load))
    await settle()
    row.answer.set()

    assert await late == NEW
    await early
    assert await here.get_or_load("ann", row.load) == NEW


async def test_a_second_change_elsewhere_parts_those_who_saw_the_first(row: Row) -> None:
    shared = MemoryCache()
    here, there = process(shared), process(shared)
    await there.mark_changed("ann")
    early = asyncio.create_task(here.get_or_load("ann", row.load))
    await settle()
    row.value = NEW
    await there.mark_changed("ann")
    late = asyncio.create_task(here.get_or_load("ann", row.load))
    await settle()
    row.answer.set()

    assert await late == NEW
    await early


async def test_a_mark_that_was_dropped_for_want_of_room_brings_nothing_back(row: Row) -> None:
    cache = MemoryCache(max_entries=1)
    aside = process(cache)
    early = asyncio.create_task(aside.get_or_load("ann", row.load))
    await settle()
    row.value = NEW
    await aside.mark_changed("ann")
    await cache.set("another", b"", TTL)
    row.answer.set()
    await early

    assert await aside.get_or_load("ann", row.load) == NEW


async def test_a_load_that_outlasts_the_mark_is_not_kept(row: Row) -> None:
    now = [0.0]
    shared = MemoryCache(monotonic=lambda: now[0])
    here, there = process(shared, now), process(shared, now)
    early = asyncio.create_task(here.get_or_load("ann", row.load))
    await settle()
    row.value = NEW
    await there.mark_changed("ann")
    now[0] += SETTLE.total_seconds()
    row.answer.set()
    await early

    assert await here.get_or_load("ann", row.load) == NEW


async def test_a_values_time_begins_when_it_was_asked_for(row: Row) -> None:
    now = [0.0]
    cache = MemoryCache(monotonic=lambda: now[0])
    aside = process(cache, now)
    asking = asyncio.create_task(aside.get_or_load("ann", row.load))
    await settle()
    now[0] += 4
    row.answer.set()
    await asking
    now[0] += TTL.total_seconds() - 4
    row.value = NEW

    assert await aside.get_or_load("ann", row.load) == NEW


async def test_nothing_and_an_error_are_shared_but_not_kept(row: Row) -> None:
    aside = process(MemoryCache())
    row.answer.set()
    row.value = None
    assert await aside.get_or_load("ann", row.load) is None

    async def fail() -> str:
        raise DatabaseUnavailable

    ends = await gather(*(aside.get_or_load("ann", fail) for _ in range(3)), return_exceptions=True)
    row.value = NEW
    assert [type(end) for end in ends] == [DatabaseUnavailable] * 3
    assert await aside.get_or_load("ann", row.load) == NEW
