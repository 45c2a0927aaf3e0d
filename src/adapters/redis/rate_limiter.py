"""Shared sliding-window rate limiter in Redis."""

from collections.abc import Sequence
from itertools import takewhile
from secrets import token_hex
from typing import cast

from adapters.redis.client import RedisClient, Script, unreadable_is_unavailable
from application.ports.rate_limiter import Hit, Limit, Quota, RateLimiter, Rule, Ruling
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
        await self.give_back((await self.hit(probe)).hits)

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:
        every = (rules, *otherwise)
        # A choice without rules is always allowed, so nothing after it is asked for.
        choices = tuple(takewhile(bool, every))
        if not choices:
            return Ruling(())
        flat = [rule for choice in choices for rule in choice]
        arguments: list[int] = []
        for number, choice in enumerate(choices, start=1):
            for rule in choice:
                arguments += (number, rule.limit.hits, rule.limit.seconds * _SECOND, rule.cost)
        reply = await self._hit.run(self._client, self._keys(flat), arguments)
        with unreadable_is_unavailable():
            counted, *figures = reply
            triples = zip(figures[::3], figures[1::3], figures[2::3], strict=True)
            found = iter(zip(flat, triples, strict=True))
            rulings = [_ruling([next(found) for _ in choice]) for choice in choices]
            if counted:
                return cast("Ruling", rulings[counted - 1])
        return Ruling(()) if len(choices) < len(every) else Ruling.first_allowed(rulings)

    async def give_back(self, hits: Sequence[Hit], *, instead: Sequence[Rule] = ()) -> None:
        if not hits and not instead:
            return
        keys = self._keys([*(hit.rule for hit in hits), *instead])
        arguments = [len(hits), *(hit.stamp for hit in hits)]
        arguments += [rule.limit.seconds * _SECOND for rule in instead]
        await self._give_back.run(self._client, keys, arguments)

    def _keys(self, rules: Sequence[Rule]) -> list[str]:
        return [self._client.keys.limit(rule.key) for rule in rules]


def _ruling(figures: Sequence[tuple[Rule, tuple[int, int, int]]]) -> Ruling:
    """Read what the script gives for one choice: stamp, number of hits, microseconds to wait.

    The stamp is 0 where nothing was counted.
    """
    quotas, blocked, hits = [], [], []
    for rule, (stamp, used, reset) in figures:
        left = min(rule.limit.hits, max(0, rule.limit.hits - used))
        # A clock that was set back makes it two windows at most.
        wait = min(max(0, reset), 2 * rule.limit.seconds * _SECOND) / _SECOND
        quotas.append(Quota(rule.name, rule.limit, left, wait))
        if stamp:
            hits.append(Hit(rule, stamp))
        elif not left:
            blocked.append(rule.name)
    return Ruling(tuple(quotas), tuple(blocked), tuple(hits))
