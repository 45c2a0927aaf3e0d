from datetime import timedelta

import pytest

from adapters.memory.cache import MemoryCache
from adapters.policies.fail_open_cache import FailOpenCache
from application.errors import DependencyUnavailable
from application.ports.cache import Cache
from tests.unit.contracts.cache import MINUTE, CacheContract, Elapse


class DownCache(Cache):
    """A cache in an outage."""

    @property
    def name(self) -> str:
        return "cache"

    async def open(self) -> None:
        raise DependencyUnavailable

    async def close(self) -> None:
        raise DependencyUnavailable

    async def check(self) -> None:
        raise DependencyUnavailable

    async def get(self, key: str) -> bytes | None:
        raise DependencyUnavailable

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        raise DependencyUnavailable

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        raise DependencyUnavailable

    async def delete(self, key: str) -> None:
        raise DependencyUnavailable


class BrokenCache(DownCache):
    """A cache with a bug."""

    async def get(self, key: str) -> bytes | None:
        raise ZeroDivisionError


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
        return FailOpenCache(MemoryCache(monotonic=lambda: elapsed[0]), told.append)

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
    cache = FailOpenCache(DownCache(), told.append)

    await cache.open()
    assert await cache.get("key") is None
    await cache.set("key", b"value", MINUTE)
    assert await cache.add("key", b"value", MINUTE) is True
    await cache.delete("key")
    await cache.close()

    assert told == ["open", "get", "set", "add", "delete", "close"]


async def test_the_check_of_an_outage_still_raises() -> None:
    told: list[str] = []
    cache = FailOpenCache(DownCache(), told.append)

    with pytest.raises(DependencyUnavailable):
        await cache.check()

    assert told == []


async def test_a_bug_is_not_an_outage() -> None:
    told: list[str] = []

    with pytest.raises(ZeroDivisionError):
        await FailOpenCache(BrokenCache(), told.append).get("key")

    assert told == []
