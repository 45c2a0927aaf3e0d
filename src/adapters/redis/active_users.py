"""Active users of all processes, counted in Redis."""

from typing import Final
from uuid import UUID

from adapters.redis.client import RedisClient, unreadable_is_unavailable
from application.ports.active_users import LATELY, ActiveUsers
from application.settings import Settings

MOST_KEPT: Final = 200_000
"""Users who wait to be passed on, at most, while Redis is out of reach."""

# A sorted set of users by the second of their last call; the server's clock is everybody's.
# ARGV: how many seconds are lately, then the users.
_NOTE = """
local now = tonumber(redis.call('TIME')[1])
for i = 2, #ARGV do
    redis.call('ZADD', KEYS[1], now, ARGV[i])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[1]))
redis.call('EXPIRE', KEYS[1], ARGV[1])
return redis.call('ZCARD', KEYS[1])
"""
_BATCH: Final = 5_000
"""Users in one call: more would keep the server from its other work."""


def create(url: str, settings: Settings) -> "RedisActiveUsers":
    """Build it for the URL of a cache that all processes share; raises InvalidSettings."""
    return RedisActiveUsers(RedisClient.of_url(url, "CACHE_URL", settings))


class RedisActiveUsers(ActiveUsers):
    """Collects users, each once, and passes them on when it is asked to count."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client
        self._seen: set[bytes] = set()

    async def open(self) -> None: ...

    async def close(self) -> None:
        await self._client.close()

    def record(self, user_id: UUID) -> None:
        if len(self._seen) < MOST_KEPT:
            self._seen.add(user_id.bytes)

    async def count(self) -> int:
        waiting, self._seen = self._seen, set()
        batches = [*waiting]
        found = 0
        try:
            for start in range(0, max(1, len(batches)), _BATCH):
                found = await self._note(batches[start : start + _BATCH])
        except BaseException:
            # Noted twice is noted once.
            self._seen |= waiting
            raise
        return found

    async def _note(self, users: list[bytes]) -> int:
        seconds = int(LATELY.total_seconds())
        async with self._client.commands() as redis:
            with unreadable_is_unavailable():
                key = self._client.keys.active_users
                return int(await redis.eval(_NOTE, 1, key, seconds, *users))
