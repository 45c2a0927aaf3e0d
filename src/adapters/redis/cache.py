"""Shared cache in Redis."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from secrets import token_hex
from typing import Final

from redis.asyncio import RedisCluster

from adapters.redis.client import RedisClient, Script
from application.errors import DependencyUnavailable
from application.ports.cache import Cache
from application.settings import Settings

PROBE_TTL: Final = timedelta(seconds=1)
MAX_BYTES = 1024 * 1024
"""Of a value that is read: whoever else can write to this Redis could fill our memory otherwise."""
NO_NUMBER = "the entry is no number of 64 bits, or the result would not be"


def create(url: str, settings: Settings) -> "RedisCache":
    """Build the cache for a URL that `Address.parse` reads; raises InvalidSettings."""
    return RedisCache(RedisClient.of_url(url, "CACHE_URL", settings))


class RedisCache(Cache):
    """`open` may fail and the cache works all the same as soon as Redis does."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client
        self._name = client.keys.cache
        self._count = Script("count.lua")

    @property
    def name(self) -> str:
        return "cache"

    async def open(self) -> None:
        await self.check()

    async def close(self) -> None:
        await self._client.close()

    async def check(self) -> None:
        """Health check: does what callers do, as a replica and a narrow ACL answer a PING, too."""
        probe = f"probe:{token_hex(8)}"
        await self.add(probe, b"0", PROBE_TTL)
        await self.get(probe)
        await self.get_many([probe])
        await self.increment(probe, PROBE_TTL)
        await self.delete(probe)

    async def get(self, key: str) -> bytes | None:
        # Empty where nothing is; one byte more than MAX_BYTES shows a value that is too long.
        try:
            found = await self._client.run("GETRANGE", self._name(key), 0, MAX_BYTES)
        except DependencyUnavailable as error:
            if not str(error.__cause__).startswith("WRONGTYPE"):
                raise
            found = None
            await self.delete(key)
        if not isinstance(found, bytes) or len(found) > MAX_BYTES:
            return None
        return found or None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        async with self._client.commands() as redis:
            await redis.set(self._name(key), value, px=_milliseconds(ttl))

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        async with self._client.commands() as redis:
            return bool(await redis.set(self._name(key), value, px=_milliseconds(ttl), nx=True))

    async def ttl(self, key: str) -> timedelta | None:
        async with self._client.commands() as redis:
            left = await redis.pttl(self._name(key))
        # Below zero is nothing; nothing of ours is without an end.
        return timedelta(milliseconds=left) if left >= 0 else None

    async def delete(self, key: str) -> None:
        async with self._client.commands() as redis:
            await redis.delete(self._name(key))

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        if not keys:
            return {}
        names = [self._name(key) for key in keys]
        async with self._client.commands() as redis:
            if isinstance(redis, RedisCluster):
                # A MGET reaches one slot: this sends each node those of all its slots together.
                found = await redis.mget_nonatomic(names)
            else:
                found = await redis.mget(names)
        pairs = zip(keys, found, strict=True)
        return {key: value for key, value in pairs if isinstance(value, bytes)}

    async def set_many(self, values: Mapping[str, bytes], ttl: timedelta) -> None:
        if not values:
            return
        async with self._client.commands() as redis:
            pipeline = redis.pipeline(transaction=False)
            for key, value in values.items():
                pipeline.set(self._name(key), value, px=_milliseconds(ttl))
            await pipeline.execute()

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:
        arguments = [by, _milliseconds(ttl)]
        counted = await self._count.run(self._client, [self._name(key)], arguments)
        if counted is None:
            raise ValueError(NO_NUMBER)
        return int(counted)


def _milliseconds(ttl: timedelta) -> int:
    return max(1, ttl // timedelta(milliseconds=1))
