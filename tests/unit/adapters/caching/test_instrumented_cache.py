from datetime import timedelta

import pytest

from adapters.caching.instrumented_cache import InstrumentedCache
from adapters.caching.tombstone import new_tombstone
from adapters.memory.cache import MemoryCache
from adapters.memory.meter import MemoryMeter
from adapters.memory.tracer import MemoryTracer
from adapters.msgspec.message_pack import MessagePack
from application.metrics import CACHE_HITS, CACHE_MISSES
from tests.unit.adapters.caching.asides import an_aside
from tests.unit.contracts.cache import CacheContract
from tests.unit.contracts.elapsing import MINUTE, Elapse


class Bench:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.meter = MemoryMeter()
        self.tracer = MemoryTracer()
        memory = MemoryCache(monotonic=lambda: self.seconds)
        self.cache = InstrumentedCache(memory, self.meter, self.tracer, "memory")

    def counted(self) -> tuple[float, float]:
        return self.meter.value(CACHE_HITS), self.meter.value(CACHE_MISSES)


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestObservedCache(CacheContract):
    @pytest.fixture
    def cache(self, bench: Bench) -> InstrumentedCache:
        return bench.cache

    @pytest.fixture
    def elapse(self, bench: Bench) -> Elapse:
        def elapse(by: timedelta) -> None:
            bench.seconds += by.total_seconds()

        return elapse


async def test_each_look_up_is_a_hit_or_a_miss(bench: Bench) -> None:
    await bench.cache.get("key")
    await bench.cache.set("key", b"1", MINUTE)
    await bench.cache.get("key")
    await bench.cache.get("key")

    assert bench.counted() == (2, 1)


async def test_each_of_many_is_counted(bench: Bench) -> None:
    await bench.cache.set_many({"a": b"1", "b": b"2"}, MINUTE)
    await bench.cache.get_many(["a", "b", "c", "a"])
    await bench.cache.get_many([])

    assert bench.counted() == (3, 1)


async def test_the_mark_of_a_change_is_a_miss(bench: Bench) -> None:
    aside = an_aside(bench.cache, MessagePack(str), ttl=MINUTE, settle=MINUTE)

    async def load() -> str:
        return "Ann"

    await aside.get_or_load("ann", load)
    await aside.get_or_load("ann", load)
    assert bench.counted() == (1, 1)

    await aside.mark_changed("ann")
    await aside.get_or_load("ann", load)
    assert bench.counted() == (1, 2)

    await bench.cache.set_many({"key": new_tombstone(), "other": b"1"}, MINUTE)
    await bench.cache.get_many(["key", "other"])
    assert bench.counted() == (2, 3)


async def test_each_call_is_a_span(bench: Bench) -> None:
    cache = bench.cache
    await cache.set("key", b"1", MINUTE)
    await cache.get("key")
    await cache.add("key", b"1", MINUTE)
    await cache.ttl("key")
    await cache.increment("key", MINUTE)
    await cache.decrement("key", MINUTE)
    await cache.get_many(["key"])
    await cache.set_many({"key": b"1"}, MINUTE)
    await cache.delete("key")

    names = "set get add ttl increment decrement get_many set_many delete"
    assert [span.name for span in bench.tracer.spans] == [f"cache.{n}" for n in names.split()]
    assert {span.attributes["db.system.name"] for span in bench.tracer.spans} == {"memory"}
