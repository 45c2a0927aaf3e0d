"""Port: a rate limiter."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from application.ports.lifecycle import HealthCheck, Lifecycle


class Limit(NamedTuple):
    """At most `hits` within any `seconds` that follow each other."""

    hits: int
    seconds: int


class Rule(NamedTuple):
    """What is counted under `key`; `name` is what people call the limit.

    `cost` is what a hit adds: 1, or 0 for a rule that is only tested, which refuses when it is
    used up and counts nothing.
    """

    name: str
    key: str
    limit: Limit
    cost: int = 1


class Quota(NamedTuple):
    """How much of a rule is left; `reset` are seconds until more is free, 0 when all of it is."""

    name: str
    limit: Limit
    remaining: int
    reset: float


class Hit(NamedTuple):
    """One hit that was counted for a rule; `stamp` is what the limiter finds it by."""

    rule: Rule
    stamp: int


class Ruling(NamedTuple):
    """Result of a hit, with a quota for each rule; a limiter that counts nothing has none.

    `blocked` names the rules that were used up: with none of them the hit was counted. `hits` are
    what was counted, to be given back.
    """

    quotas: tuple[Quota, ...]
    blocked: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return not self.blocked

    @property
    def retry_after(self) -> float:
        """Seconds until each rule that is used up has something free again."""
        return max((quota.reset for quota in self.quotas if quota.name in self.blocked), default=0)

    @classmethod
    def first_allowed(cls, rulings: Sequence["Ruling"]) -> "Ruling":
        """Give the first of several choices that is allowed, else the one that is free soonest."""
        allowed = (ruling for ruling in rulings if ruling.is_allowed)
        return next(allowed, None) or min(rulings, key=lambda each: each.retry_after)


class RateLimiter(Lifecycle, HealthCheck, Protocol):
    """Counts in sliding windows: no span of a rule's length ever holds more than its hits.

    Both methods are atomic over all callers and all processes that share the limiter, take one
    round trip, and raise DependencyUnavailable when the limiter cannot be reached. `is_shared` is
    whether other processes count in it too; one that is not is never out of reach.
    """

    is_shared: bool = True

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:
        """Count one hit for all the rules, or for none of them when one is used up.

        Of several choices the first whose rules all have something left is counted. With none,
        the ruling is that of the choice which is free soonest. The rules of one choice have
        different keys and names.
        """
        ...

    async def give_back(self, hits: Sequence[Hit], *, instead: Sequence[Rule] = ()) -> None:
        """Take back hits, which is fine for those that are gone already.

        `instead` are counted in their place, even where these are used up: what a settlement
        knows has happened.
        """
        ...
