"""A rate limiter."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from application.ports.lifecycle import HealthCheck, Lifecycle


class Limit(NamedTuple):
    """At most `hits` within any `seconds` that follow each other."""

    hits: int
    seconds: int


class Rule(NamedTuple):
    """What is counted under `key`; `name` is what people call the limit."""

    name: str
    key: str
    limit: Limit


class Quota(NamedTuple):
    """How much of a rule is left.

    `reset` are seconds until more of it is free, 0 when all of it is. `stamp` is what the limiter
    knows the hit by.
    """

    name: str
    limit: Limit
    remaining: int
    reset: float
    stamp: int


class Ruling(NamedTuple):
    """What became of a hit, with a quota for each rule; a limiter that counts nothing has none.

    `blocked` names the rules that were used up: with none of them the hit was counted.
    """

    quotas: tuple[Quota, ...]
    blocked: tuple[str, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return not self.blocked

    @property
    def retry_after(self) -> float:
        """Seconds until each rule that is used up has something free again."""
        return max((quota.reset for quota in self.quotas if quota.name in self.blocked), default=0)


class RateLimiter(Lifecycle, HealthCheck, Protocol):
    """Counts in windows that move: no span of a rule's length ever holds more than its hits.

    Both methods raise DependencyUnavailable when the limiter cannot be reached.
    """

    async def hit(self, rules: Sequence[Rule]) -> Ruling:
        """Count one hit for all the rules, or for none of them when one is used up.

        Atomic over all callers and all processes that share the limiter, in one round trip. The
        rules have different keys.
        """
        ...

    async def give_back(self, rules: Sequence[Rule], ruling: Ruling) -> None:
        """Take back what `hit` counted for these rules, which is fine if it is gone already."""
        ...
