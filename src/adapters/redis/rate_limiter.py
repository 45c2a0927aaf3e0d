"""A rate limiter that all processes share."""

from collections.abc import Sequence

from adapters.redis.client import RedisClient, unreadable_is_unavailable
from adapters.redis.script import Script
from application.ports.rate_limiter import Quota, RateLimiter, Rule, Ruling
from application.settings import Settings

PREFIX = "armature:{limits}:"
"""Begins every key. What is in braces puts all into one slot of a cluster (hash tag), since one
script must reach the keys of every rule."""
_SECOND = 1_000_000


def create(url: str, settings: Settings) -> "RedisRateLimiter":  # noqa: ARG001 - as every limiter
    """Build the limiter for a URL that `Address.parse` reads; raises InvalidSettings."""
    return RedisRateLimiter(RedisClient.of_url(url, "RATE_LIMIT_URL"))


class RedisRateLimiter(RateLimiter):
    """Counts by the server's clock. `open` may fail and it works as soon as Redis does."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client
        self._hit = Script("hit.lua")
        self._give_back = Script("give_back.lua")

    @property
    def name(self) -> str:
        return "rate limiter"

    async def open(self) -> None:
        await self.check()

    async def close(self) -> None:
        await self._client.close()

    async def check(self) -> None:
        async with self._client.commands() as redis:
            await redis.ping()

    async def hit(self, rules: Sequence[Rule]) -> Ruling:
        if not rules:
            return Ruling(())
        arguments: list[int] = []
        for rule in rules:
            arguments += (rule.limit.hits, rule.limit.seconds * _SECOND)
        reply = await self._hit.run(self._client, _keys(rules), arguments)
        with unreadable_is_unavailable():
            is_counted, *figures = reply
            triples = zip(figures[::3], figures[1::3], figures[2::3], strict=True)
            pairs = zip(rules, triples, strict=True)
            quotas = tuple(_quota(rule, *triple) for rule, triple in pairs)
        return Ruling(quotas, () if is_counted else _used_up(quotas))

    async def give_back(self, rules: Sequence[Rule], ruling: Ruling) -> None:
        if rules and ruling.is_allowed:
            stamps = [quota.stamp for quota in ruling.quotas]
            await self._give_back.run(self._client, _keys(rules), stamps)


def _keys(rules: Sequence[Rule]) -> list[str]:
    return [PREFIX + rule.key for rule in rules]


def _quota(rule: Rule, time: int, used: int, reset: int) -> Quota:
    limit = rule.limit
    # A clock that was set back makes it two windows at most.
    left = min(max(0, reset), 2 * limit.seconds * _SECOND) / _SECOND
    return Quota(rule.name, limit, min(limit.hits, max(0, limit.hits - used)), left, time)


def _used_up(quotas: Sequence[Quota]) -> tuple[str, ...]:
    return tuple(quota.name for quota in quotas if not quota.remaining)
