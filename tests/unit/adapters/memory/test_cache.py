from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.cache import MemoryCache, create
from adapters.memory.null_cache import NullCache
from application.invalid_settings import InvalidSettings
from tests.unit.contracts.cache import CacheContract
from tests.unit.contracts.elapsing import MINUTE, Elapse
from tests.unit.settings import some_settings


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def elapse(self, by: timedelta) -> None:
        self.seconds += by.total_seconds()


class TestMemoryCache(CacheContract):
    @pytest.fixture
    def stopwatch(self) -> Stopwatch:
        return Stopwatch()

    @pytest.fixture
    def elapse(self, stopwatch: Stopwatch) -> Elapse:
        return stopwatch.elapse

    @pytest.fixture
    async def cache(self, stopwatch: Stopwatch) -> AsyncIterator[MemoryCache]:
        cache = MemoryCache(monotonic=stopwatch)
        await cache.open()
        yield cache
        await cache.close()

    async def test_a_value_lives_to_the_end_of_its_time_and_not_longer(
        self, cache: MemoryCache, stopwatch: Stopwatch
    ) -> None:
        await cache.set("key", b"value", timedelta(seconds=2))

        stopwatch.seconds += 1.9
        assert await cache.get("key") == b"value"
        stopwatch.seconds += 0.1
        assert await cache.get("key") is None

    async def test_reading_does_not_prolong_a_life(
        self, cache: MemoryCache, stopwatch: Stopwatch
    ) -> None:
        await cache.set("key", b"value", timedelta(seconds=2))
        for _ in range(3):
            await cache.get("key")
            stopwatch.seconds += 1

        assert await cache.get("key") is None


async def test_the_least_recently_used_goes_first() -> None:
    cache = MemoryCache(max_entries=2)
    await cache.set("a", b"", MINUTE)
    await cache.set("b", b"", MINUTE)
    await cache.get("a")
    await cache.set("c", b"", MINUTE)

    assert [await cache.get(key) for key in "abc"] == [b"", None, b""]


async def test_bytes_are_bounded_as_well() -> None:
    cache = MemoryCache(max_bytes=10)
    await cache.set("a", b"1234", MINUTE)
    await cache.set("b", b"1234", MINUTE)
    await cache.set("c", b"1234", MINUTE)

    assert [await cache.get(key) for key in "abc"] == [None, b"1234", b"1234"]


async def test_what_is_too_big_is_not_kept_and_replaces_what_was_there() -> None:
    cache = MemoryCache(max_bytes=10)
    await cache.set("a", b"1", MINUTE)
    await cache.set("b", b"1", MINUTE)
    await cache.set("a", b"1234567890", MINUTE)

    assert await cache.get("a") is None
    assert await cache.get("b") == b"1"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["set", "add", "get", "delete", "count"]),
            st.text(max_size=2),
            st.binary(),
        )
    )
)
async def test_the_bounds_hold_whatever_happens(steps: list[tuple[str, str, bytes]]) -> None:
    cache = MemoryCache(max_entries=3, max_bytes=12)

    for step, key, value in steps:
        if step == "get":
            await cache.get(key)
        elif step == "delete":
            await cache.delete(key)
        elif step == "count":
            with suppress(ValueError):
                await cache.decrement(key, MINUTE, 99)
        elif step == "set":
            await cache.set(key, value, MINUTE)
        else:
            await cache.add(key, value, MINUTE)

        entries = cache._entries
        assert len(entries) <= 3
        assert cache._bytes == sum(entry.size for entry in entries.values()) <= 12


async def test_the_url_sets_the_bounds() -> None:
    cache = create("memory://?entries=1&bytes=100", some_settings())
    await cache.set("a", b"", MINUTE)
    await cache.set("b", b"", MINUTE)
    await cache.set("c", b"x" * 100, MINUTE)

    assert [await cache.get(key) for key in "abc"] == [None, b"", None]


@pytest.mark.parametrize(
    "query", ["entries=0", "entries=", "bytes=x", "bytes=-1", "entires=1", "bytes=\u0661"]
)
def test_a_wrong_bound_is_refused(query: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^CACHE_URL: "):
        create(f"memory://?{query}", some_settings())


async def test_the_null_cache_keeps_nothing() -> None:
    cache = NullCache()
    await cache.open()
    await cache.check()
    await cache.set("key", b"value", MINUTE)

    assert await cache.get("key") is None
    assert await cache.add("key", b"value", MINUTE) is True
    assert await cache.add("key", b"value", MINUTE) is True
    await cache.delete("key")
    await cache.set_many({"key": b"value"}, MINUTE)
    assert await cache.get_many(["key"]) == {}
    assert await cache.ttl("key") is None
    assert [await cache.increment("key", MINUTE, 3), await cache.increment("key", MINUTE)] == [3, 1]
    assert await cache.decrement("key", MINUTE) == -1
    await cache.close()
