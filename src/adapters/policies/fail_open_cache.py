"""A cache whose outage nobody but the operator notices."""

from collections.abc import Callable
from datetime import timedelta

from application.errors import DependencyUnavailable
from application.ports.cache import Cache


class FailOpenCache(Cache):
    """An outage is a miss, or a write that is lost; `add` then says that it was kept.

    Each time, `listener` is told the name of the operation. `check` still raises: health is
    what the operator asks for.
    """

    def __init__(self, cache: Cache, listener: Callable[[str], None]) -> None:
        self._cache = cache
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
        try:
            return await self._cache.get(key)
        except DependencyUnavailable:
            self._listener("get")
            return None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        try:
            await self._cache.set(key, value, ttl)
        except DependencyUnavailable:
            self._listener("set")

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        try:
            return await self._cache.add(key, value, ttl)
        except DependencyUnavailable:
            self._listener("add")
            return True

    async def delete(self, key: str) -> None:
        try:
            await self._cache.delete(key)
        except DependencyUnavailable:
            self._listener("delete")
