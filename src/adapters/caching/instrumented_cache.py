"""Instrumented cache: hits and misses as metrics, a span for each call."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

from adapters.caching.tombstone import is_tombstone
from application.metrics import CACHE_HITS, CACHE_MISSES
from application.ports.cache import Cache
from application.ports.meter import Meter
from application.ports.tracer import Span, SpanKind, Tracer


class InstrumentedCache(Cache):
    """Counts hits and misses, and makes a span of each call to `system`.

    The mark of a change is no hit: it stands where a value was, and says nothing of it.
    """

    def __init__(self, inner: Cache, meter: Meter, tracer: Tracer, system: str) -> None:
        self.is_shared = inner.is_shared
        self._inner = inner
        self._hit = meter.bound(CACHE_HITS)
        self._miss = meter.bound(CACHE_MISSES)
        self._tracer = tracer
        self._attributes = {"db.system.name": system}

    @property
    def name(self) -> str:
        return self._inner.name

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def check(self) -> None:
        await self._inner.check()

    async def get(self, key: str) -> bytes | None:
        if self._tracer.is_on:
            with self._span("cache.get"):
                found = await self._inner.get(key)
        else:
            found = await self._inner.get(key)
        (self._miss if found is None or is_tombstone(found) else self._hit)(1)
        return found

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        with self._span("cache.set"):
            await self._inner.set(key, value, ttl)

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        with self._span("cache.add"):
            return await self._inner.add(key, value, ttl)

    async def ttl(self, key: str) -> timedelta | None:
        with self._span("cache.ttl"):
            return await self._inner.ttl(key)

    async def delete(self, key: str) -> None:
        with self._span("cache.delete"):
            await self._inner.delete(key)

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        with self._span("cache.get_many"):
            found = await self._inner.get_many(keys)
        hits = sum(key in found and not is_tombstone(found[key]) for key in keys)
        self._hit(hits)
        self._miss(len(keys) - hits)
        return found

    async def set_many(self, values: Mapping[str, bytes], ttl: timedelta) -> None:
        with self._span("cache.set_many"):
            await self._inner.set_many(values, ttl)

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:
        with self._span("cache.increment"):
            return await self._inner.increment(key, ttl, by)

    async def decrement(self, key: str, ttl: timedelta, by: int = 1) -> int:
        with self._span("cache.decrement"):
            return await self._inner.decrement(key, ttl, by)

    def _span(self, name: str) -> AbstractContextManager[Span]:
        return self._tracer.span(name, self._attributes, kind=SpanKind.CLIENT)
