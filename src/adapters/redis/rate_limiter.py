"""A rate limiter that all processes share."""

from collections.abc import Sequence
from secrets import token_hex

from adapters.redis.client import RedisClient
from adapters.redis.script import Script
from application.ports.rate_limiter import Limit, Quota, RateLimiter, Rule, Ruling
from application.settings import Settings

_SECOND = 1_000_000


def create(url: str, settings: Settings) -> "RedisRateLimiter":
    """Build the limiter for a URL that `Address.parse` reads; raises InvalidSettings."""
    return RedisRateLimiter(RedisClient.of_url(url, "RATE_LIMIT_URL", settings))


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
        """Health check: counts a hit, as a replica and a narrow ACL answer a PING, too."""
        probe = [Rule("probe", f"probe:{token_hex(8)}", Limit(1, 1))]
        await self.give_back(probe, await self.hit(probe))

    async def hit(self, rules: Sequence[Rule]) -> Ruling:
        if not rules:
            return Ruling(())
        arguments: list[int] = []
        for rule in rules:
            arguments += (rule.limit.hits, rule.limit.seconds * _SECOND)
        is_counted, *figures = await self._hit.run(self._client, self._keys(rules), arguments)
        triples = zip(figures[::3], figures[1::3], figures[2::3], strict=True)
        quotas = tuple(_quota(rule, *triple) for rule, triple in zip(rules, triples, strict=True))
        return Ruling(quotas, () if is_counted else _used_up(quotas))

    async def give_back(self, rules: Sequence[Rule], ruling: Ruling) -> None:
        if rules and ruling.is_allowed:
            stamps = [quota.stamp for quota in ruling.quotas]
            await self._give_back.run(self._client, self._keys(rules), stamps)

    def _keys(self, rules: Sequence[Rule]) -> list[str]:
        return [self._client.keys.limit(rule.key) for rule in rules]


def _quota(rule: Rule, time: int, used: int, reset: int) -> Quota:
    limit = rule.limit
    return Quota(rule.name, limit, max(0, limit.hits - used), max(0, reset) / _SECOND, time)


def _used_up(quotas: Sequence[Quota]) -> tuple[str, ...]:
    return tuple(quota.name for quota in quotas if not quota.remaining)
