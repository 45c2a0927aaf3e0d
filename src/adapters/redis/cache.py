"""A cache that all processes share."""

from datetime import timedelta

from adapters.redis.client import RedisClient
from application.ports.cache import Cache
from application.settings import Settings

PREFIX = "armature:"
"""Begins every key, so that the service can share a Redis with others."""


def create(url: str, settings: Settings) -> "RedisCache":  # noqa: ARG001 - as every cache
    """Build the cache for a URL that `Address.parse` reads; raises InvalidSettings."""
    return RedisCache(RedisClient.of_url(url, "CACHE_URL"))


class RedisCache(Cache):
    """`open` may fail and the cache works all the same as soon as Redis does."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    @property
    def name(self) -> str:
        return "cache"

    async def open(self) -> None:
        await self.check()

    async def close(self) -> None:
        await self._client.close()

    async def check(self) -> None:
        async with self._client.commands() as redis:
            await redis.ping()

    async def get(self, key: str) -> bytes | None:
        async with self._client.commands() as redis:
            found = await redis.get(PREFIX + key)
        return found if isinstance(found, bytes) else None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        async with self._client.commands() as redis:
            await redis.set(PREFIX + key, value, px=_milliseconds(ttl))

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        async with self._client.commands() as redis:
            return bool(await redis.set(PREFIX + key, value, px=_milliseconds(ttl), nx=True))

    async def delete(self, key: str) -> None:
        async with self._client.commands() as redis:
            await redis.delete(PREFIX + key)


def _milliseconds(ttl: timedelta) -> int:
    return max(1, ttl // timedelta(milliseconds=1))
