"""A cache whose look-ups are counted."""

from datetime import timedelta

from application.metrics import CACHE_HITS, CACHE_MISSES
from application.ports.cache import Cache
from application.ports.meter import Meter
from application.ports.tracer import SpanKind, Tracer


class ObservedCache(Cache):
    """Counts hits and misses, and makes a span of each call to `system`.

    Something empty is no hit: it stands where a value was, and says nothing of it.
    """

    def __init__(self, inner: Cache, meter: Meter, tracer: Tracer, system: str) -> None:
        self._inner = inner
        self._meter = meter
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
        with self._tracer.span("cache.get", self._attributes, kind=SpanKind.CLIENT):
            found = await self._inner.get(key)
        self._meter.add(CACHE_HITS if found else CACHE_MISSES)
        return found

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        with self._tracer.span("cache.set", self._attributes, kind=SpanKind.CLIENT):
            await self._inner.set(key, value, ttl)

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        with self._tracer.span("cache.add", self._attributes, kind=SpanKind.CLIENT):
            return await self._inner.add(key, value, ttl)

    async def delete(self, key: str) -> None:
        with self._tracer.span("cache.delete", self._attributes, kind=SpanKind.CLIENT):
            await self._inner.delete(key)
