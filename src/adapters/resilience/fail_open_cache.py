"""Fail-open cache."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from adapters.resilience.named_outage import naming
from adapters.resilience.pipeline import Pipeline
from application.errors import DependencyUnavailable
from application.ports.cache import Cache

T = TypeVar("T")


class FailOpenCache(Cache):
    """Asks `cache` inside `pipeline`; in an outage everything is a miss, and writes are lost.

    `add` then says that it was kept, and counters stand at 0. Each time, `listener` is told the
    name of the operation. With a breaker in the pipeline hardly anybody waits for a cache that is
    down, and it is used again when it is back. `check` still raises: health is what the operator
    asks for.
    """

    def __init__(self, cache: Cache, pipeline: Pipeline, listener: Callable[[str], None]) -> None:
        self._cache = cache
        self._pipeline = pipeline
        self._listener = listener

    @property
    def name(self) -> str:
        return self._cache.name

    async def open(self) -> None:
        try:
            await self._cache.open()
        except DependencyUnavailable:
            self._listener("open")

    async def close(self) -> None:
        try:
            await self._cache.close()
        except DependencyUnavailable:
            self._listener("close")

    async def check(self) -> None:
        await self._cache.check()

    async def get(self, key: str) -> bytes | None:
        return await self._ask("get", lambda: self._cache.get(key), None)

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        await self._ask("set", lambda: self._cache.set(key, value, ttl), None)

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        return await self._ask("add", lambda: self._cache.add(key, value, ttl), otherwise=True)

    async def ttl(self, key: str) -> timedelta | None:
        return await self._ask("ttl", lambda: self._cache.ttl(key), None)

    async def delete(self, key: str) -> None:
        await self._ask("delete", lambda: self._cache.delete(key), None)

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        return await self._ask("get_many", lambda: self._cache.get_many(keys), {})

    async def set_many(self, values: Mapping[str, bytes], ttl: timedelta) -> None:
        await self._ask("set_many", lambda: self._cache.set_many(values, ttl), None)

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:
        return await self._ask("increment", lambda: self._cache.increment(key, ttl, by), by)

    async def decrement(self, key: str, ttl: timedelta, by: int = 1) -> int:
        return await self._ask("decrement", lambda: self._cache.decrement(key, ttl, by), -by)

    async def _ask(self, operation: str, call: Callable[[], Awaitable[T]], otherwise: T) -> T:
        try:
            return await self._pipeline.run(f"cache.{operation}", lambda: naming(self.name, call))
        except DependencyUnavailable:
            self._listener(operation)
            return otherwise
