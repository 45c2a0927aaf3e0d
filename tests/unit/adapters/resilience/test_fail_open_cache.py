import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from adapters.memory.cache import MemoryCache
from adapters.resilience import presets
from adapters.resilience.breaker import Breaker, ConsecutiveFailures
from adapters.resilience.fail_open_cache import FailOpenCache
from adapters.resilience.pipeline import Pipeline
from adapters.resilience.timeout import Timeout
from application.errors import DependencyUnavailable
from tests.unit.adapters.resilience.circuits import Journal
from tests.unit.contracts.cache import CacheContract
from tests.unit.contracts.elapsing import MINUTE, Elapse


class DownCache(MemoryCache):
    """A cache that can be down, or frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = True
        self.is_frozen = False
        self.asked = 0

    async def _answer(self) -> None:
        self.asked += 1
        if self.is_frozen:
            await asyncio.Event().wait()
        if self.is_down:
            raise DependencyUnavailable(dependency="redis")

    async def open(self) -> None:
        await self._answer()

    async def close(self) -> None:
        await self._answer()

    async def check(self) -> None:
        await self._answer()

    async def get(self, key: str) -> bytes | None:
        await self._answer()
        return await super().get(key)

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        await self._answer()
        await super().set(key, value, ttl)

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        await self._answer()
        return await super().add(key, value, ttl)

    async def ttl(self, key: str) -> timedelta | None:
        await self._answer()
        return await super().ttl(key)

    async def delete(self, key: str) -> None:
        await self._answer()
        await super().delete(key)

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        await self._answer()
        return await super().get_many(keys)

    async def set_many(self, values: Mapping[str, bytes], ttl: timedelta) -> None:
        await self._answer()
        await super().set_many(values, ttl)

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:
        await self._answer()
        return await super().increment(key, ttl, by)


class BrokenCache(MemoryCache):
    """A cache with a bug."""

    async def get(self, key: str) -> bytes | None:
        raise ZeroDivisionError


class Bench:
    """A cache that is down, behind a breaker whose time is told."""

    def __init__(self, patience: float = 10) -> None:
        self.seconds = 100.0
        self.told: list[str] = []
        self.journal = Journal()
        self.inner = DownCache()
        breaker = Breaker(
            "cache",
            ConsecutiveFailures(3),
            open_for=timedelta(seconds=5),
            trials=1,
            listeners=(self.journal,),
            monotonic=lambda: self.seconds,
        )
        pipeline = Pipeline(breaker, Timeout("cache", timedelta(seconds=patience)))
        self.cache = FailOpenCache(self.inner, pipeline, self.told.append)


class TestFailOpenCacheThatWorks(CacheContract):
    @pytest.fixture
    def elapsed(self) -> list[float]:
        return [0.0]

    @pytest.fixture
    def elapse(self, elapsed: list[float]) -> Elapse:
        def elapse(by: timedelta) -> None:
            elapsed[0] += by.total_seconds()

        return elapse

    @pytest.fixture
    def told(self) -> list[str]:
        return []

    @pytest.fixture
    def cache(self, elapsed: list[float], told: list[str]) -> FailOpenCache:
        return FailOpenCache(
            MemoryCache(monotonic=lambda: elapsed[0]), presets.cache("cache"), told.append
        )

    async def test_nothing_is_told_while_the_cache_works(
        self, cache: FailOpenCache, told: list[str]
    ) -> None:
        await cache.open()
        await cache.set("key", b"value", MINUTE)
        await cache.get("key")
        await cache.close()

        assert told == []


async def test_an_outage_is_a_miss_and_lost_writes_and_is_told_each_time() -> None:
    told: list[str] = []
    cache = FailOpenCache(DownCache(), Pipeline(), told.append)

    await cache.open()
    assert await cache.get("key") is None
    await cache.set("key", b"value", MINUTE)
    assert await cache.add("key", b"value", MINUTE) is True
    assert await cache.ttl("key") is None
    await cache.delete("key")
    assert await cache.get_many(["key"]) == {}
    await cache.set_many({"key": b"value"}, MINUTE)
    assert await cache.increment("key", MINUTE, 3) == 3
    assert await cache.decrement("key", MINUTE, 3) == -3
    await cache.close()

    calls = "open get set add ttl delete get_many set_many increment decrement close"
    assert told == calls.split()


async def test_the_check_of_an_outage_still_raises() -> None:
    told: list[str] = []
    cache = FailOpenCache(DownCache(), Pipeline(), told.append)

    with pytest.raises(DependencyUnavailable):
        await cache.check()

    assert told == []


async def test_a_bug_is_not_an_outage() -> None:
    told: list[str] = []

    with pytest.raises(ZeroDivisionError):
        await FailOpenCache(BrokenCache(), Pipeline(), told.append).get("key")

    assert told == []


async def test_after_three_outages_in_a_row_a_cache_is_left_alone_until_it_is_time() -> None:
    bench = Bench()

    for _ in range(10):
        assert await bench.cache.get("key") is None
    assert (bench.inner.asked, len(bench.told)) == (3, 10)
    assert bench.journal.failures == ["cache"] * 3

    bench.seconds += 5
    await bench.cache.get("key")
    await bench.cache.get("key")
    assert bench.inner.asked == 4

    bench.seconds += 5
    bench.inner.is_down = False
    await bench.cache.set("key", b"value", MINUTE)
    assert await bench.cache.get("key") == b"value"
    assert bench.journal.changes == [
        ("cache", "CLOSED", "OPEN"),
        ("cache", "OPEN", "HALF_OPEN"),
        ("cache", "HALF_OPEN", "OPEN"),
        ("cache", "OPEN", "HALF_OPEN"),
        ("cache", "HALF_OPEN", "CLOSED"),
    ]


async def test_nobody_waits_for_a_frozen_cache_once_three_have() -> None:
    bench = Bench(patience=0.001)
    bench.inner.is_frozen = True

    for _ in range(10):
        assert await bench.cache.get("key") is None
        await bench.cache.set("key", b"value", MINUTE)

    assert (bench.inner.asked, len(bench.told)) == (3, 20)


async def test_what_is_no_number_is_a_callers_error_and_no_outage() -> None:
    bench = Bench()
    bench.inner.is_down = False
    await bench.cache.set("key", b"x", MINUTE)

    for _ in range(5):
        with pytest.raises(ValueError, match="64 bits"):
            await bench.cache.increment("key", MINUTE)

    assert (bench.told, bench.journal.changes) == ([], [])
