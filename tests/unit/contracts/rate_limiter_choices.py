"""What every `RateLimiter` does with choices, tested rules and settlements."""

import asyncio
from collections.abc import Awaitable, Callable

from application.ports.rate_limiter import Limit, RateLimiter, Rule

Elapse = Callable[[float], Awaitable[None]]
"""Lets seconds pass for the limiter: a few hundredths more where the time is real."""

WINDOW = 60
N = 10


def rule(
    key: str = "key",
    hits: int = 3,
    seconds: int = WINDOW,
    name: str | None = None,
    cost: int = 1,
) -> Rule:
    return Rule(name or key, key, Limit(hits, seconds), cost)


class RateLimiterChoicesContract:
    async def test_a_rule_without_a_cost_is_tested_and_never_counted(
        self, limiter: RateLimiter
    ) -> None:
        tested, counted = rule("tested", hits=1, cost=0), rule("counted", hits=9)
        first = [await limiter.hit([tested, counted]) for _ in range(3)]
        assert [each.is_allowed for each in first] == [True] * 3
        assert [hit.rule.key for hit in first[0].hits] == ["counted"]

        await limiter.hit([rule("tested", hits=1)])
        refused = await limiter.hit([tested, counted])

        assert refused.blocked == ("tested",)
        assert [quota.remaining for quota in refused.quotas] == [0, 6]

    async def test_of_several_choices_the_first_with_something_left_is_counted(
        self, limiter: RateLimiter
    ) -> None:
        shared = rule("shared", hits=9)
        choices = [shared, rule("a", hits=1)], [shared, rule("b", hits=1)], [rule("c", hits=1)]

        rulings = [await limiter.hit(*choices) for _ in range(4)]

        counted = [tuple(hit.rule.key for hit in each.hits) for each in rulings]
        assert counted == [("shared", "a"), ("shared", "b"), ("c",), ()]
        assert [each.is_allowed for each in rulings] == [True, True, True, False]
        assert (await limiter.hit([shared])).quotas[0].remaining == 6

    async def test_with_no_choice_left_the_ruling_is_that_of_the_one_free_soonest(
        self, limiter: RateLimiter
    ) -> None:
        choices = [rule("day", hits=1, seconds=86_400)], [rule("minute", hits=1, seconds=60)]
        for _ in range(2):
            await limiter.hit(*choices)

        refused = await limiter.hit(*choices)

        assert refused.blocked == ("minute",)
        assert 0 < refused.retry_after <= 60

    async def test_a_choice_without_rules_is_always_allowed(self, limiter: RateLimiter) -> None:
        one = [rule(hits=1)]

        rulings = [await limiter.hit(one, [], [rule("never")]) for _ in range(2)]

        assert [each.is_allowed for each in rulings] == [True, True]
        assert [len(each.hits) for each in rulings] == [1, 0]

    async def test_of_many_hits_at_once_each_choice_is_counted_up_to_its_limit(
        self, limiter: RateLimiter
    ) -> None:
        choices = [rule("a", hits=N)], [rule("b", hits=5)]

        rulings = await asyncio.gather(*(limiter.hit(*choices) for _ in range(50)))

        counted = [hit.rule.key for ruling in rulings for hit in ruling.hits]
        assert (counted.count("a"), counted.count("b"), len(counted)) == (N, 5, N + 5)

    async def test_others_are_counted_instead_of_what_is_given_back_even_past_the_limit(
        self, limiter: RateLimiter
    ) -> None:
        taken = [await limiter.hit([rule("slot", hits=9)]) for _ in range(5)]
        for each in taken:
            await limiter.give_back(each.hits, instead=[rule("failed", hits=2)])

        assert (await limiter.hit([rule("slot", hits=9)])).quotas[0].remaining == 8
        refused = await limiter.hit([rule("failed", hits=2)])
        assert (refused.is_allowed, refused.quotas[0].remaining) == (False, 0)
        assert (await limiter.hit([rule("failed", hits=6)])).quotas[0].remaining == 0

    async def test_what_is_counted_instead_ends_with_its_window(
        self, limiter: RateLimiter, elapse: Elapse
    ) -> None:
        failed = rule("failed", hits=1, seconds=1)
        await limiter.give_back((), instead=[failed])
        refused = await limiter.hit([failed])
        assert not refused.is_allowed

        await elapse(refused.retry_after)

        assert (await limiter.hit([failed])).is_allowed
