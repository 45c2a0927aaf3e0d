import asyncio
from collections.abc import Awaitable, Callable

import pytest

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


class RateLimiterContract:
    """Every limiter that counts passes this; a subclass gives `limiter`, open and empty."""

    async def test_as_many_hits_as_the_limit_are_allowed(self, limiter: RateLimiter) -> None:
        rulings = [await limiter.hit([rule(hits=3)]) for _ in range(5)]

        assert [ruling.is_allowed for ruling in rulings] == [True, True, True, False, False]
        assert [ruling.quotas[0].remaining for ruling in rulings] == [2, 1, 0, 0, 0]

    async def test_a_quota_tells_the_rule_and_when_more_is_free(self, limiter: RateLimiter) -> None:
        (first,) = (await limiter.hit([rule(hits=2, name="api")])).quotas
        await limiter.hit([rule(hits=2, name="api")])
        refused = await limiter.hit([rule(hits=2, name="api")])

        assert (first.name, first.limit) == ("api", Limit(2, WINDOW))
        assert WINDOW - 5 < first.reset <= WINDOW
        assert refused.blocked == ("api",)
        assert WINDOW - 5 < refused.retry_after <= WINDOW

    async def test_keys_are_counted_apart(self, limiter: RateLimiter) -> None:
        for key in ("a", "b", "ключ", "a b", "{a}b", "a\0b", "k" * 300):
            assert (await limiter.hit([rule(key, hits=1)])).is_allowed, key
            assert not (await limiter.hit([rule(key, hits=1)])).is_allowed, key

    async def test_several_rules_are_counted_at_once(self, limiter: RateLimiter) -> None:
        ruling = await limiter.hit([rule("a", hits=5), rule("b", hits=3)])

        assert [(quota.name, quota.remaining) for quota in ruling.quotas] == [("a", 4), ("b", 2)]

    async def test_when_one_rule_is_used_up_none_is_counted(self, limiter: RateLimiter) -> None:
        rules = [rule("a", hits=3), rule("b", hits=1)]
        await limiter.hit(rules)

        refused = [await limiter.hit(rules) for _ in range(5)]

        assert {ruling.blocked for ruling in refused} == {("b",)}
        assert [quota.remaining for quota in refused[-1].quotas] == [2, 0]
        assert (await limiter.hit([rules[0]])).quotas[0].remaining == 1

    async def test_a_rule_that_nothing_was_counted_for_has_all_of_it_left(
        self, limiter: RateLimiter
    ) -> None:
        await limiter.hit([rule("a", hits=1)])

        ruling = await limiter.hit([rule("a", hits=1), rule("b", hits=7)])

        assert (ruling.quotas[1].remaining, ruling.quotas[1].reset) == (7, 0)

    async def test_no_rule_refuses_nothing(self, limiter: RateLimiter) -> None:
        ruling = await limiter.hit([])

        assert (ruling.is_allowed, ruling.quotas) == (True, ())
        await limiter.give_back(ruling.hits)

    async def test_the_window_moves(self, limiter: RateLimiter, elapse: Elapse) -> None:
        one = [rule(hits=2, seconds=1)]
        await limiter.hit(one)
        await elapse(0.5)
        await limiter.hit(one)
        refused = await limiter.hit(one)
        assert not refused.is_allowed

        await elapse(refused.retry_after)
        # The first hit has left the window, the second is in it still.
        assert (await limiter.hit(one)).is_allowed
        assert not (await limiter.hit(one)).is_allowed

    async def test_what_is_given_back_can_be_taken_again(self, limiter: RateLimiter) -> None:
        rules = [rule("a", hits=2), rule("b", hits=9)]
        await limiter.hit(rules)
        taken = await limiter.hit(rules)
        await limiter.give_back(taken.hits)

        again = await limiter.hit(rules)

        assert [quota.remaining for quota in again.quotas] == [0, 7]
        assert not (await limiter.hit(rules)).is_allowed

    async def test_what_was_given_back_once_is_not_given_back_again(
        self, limiter: RateLimiter
    ) -> None:
        await limiter.hit([rule()])
        taken = await limiter.hit([rule()])
        for _ in range(3):
            await limiter.give_back(taken.hits)

        assert (await limiter.hit([rule()])).quotas[0].remaining == 1

    async def test_a_refusal_has_nothing_to_give_back(self, limiter: RateLimiter) -> None:
        await limiter.hit([rule(hits=1)])
        refused = await limiter.hit([rule(hits=1)])
        assert refused.hits == ()
        await limiter.give_back(refused.hits)

        assert not (await limiter.hit([rule(hits=1)])).is_allowed

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

    async def test_a_limit_that_was_lowered_holds_for_what_was_counted(
        self, limiter: RateLimiter
    ) -> None:
        for _ in range(5):
            await limiter.hit([rule(hits=5)])

        ruling = await limiter.hit([rule(hits=2)])

        assert (ruling.is_allowed, ruling.quotas[0].remaining) == (False, 0)
        assert WINDOW - 5 < ruling.retry_after <= WINDOW

    @pytest.mark.parametrize("parallel", [100])
    async def test_of_many_hits_at_once_exactly_the_limit_is_allowed(
        self, limiter: RateLimiter, parallel: int
    ) -> None:
        shared = rule("shared", hits=N)
        own = [rule(f"own {number % 5}", hits=parallel) for number in range(parallel)]

        rulings = await asyncio.gather(*(limiter.hit([each, shared]) for each in own))

        assert sum(ruling.is_allowed for ruling in rulings) == N
        left = [(await limiter.hit([each])).quotas[0].remaining for each in own[:5]]
        assert sum(parallel - each - 1 for each in left) == N

    async def test_taking_and_giving_back_at_once_never_allows_more(
        self, limiter: RateLimiter
    ) -> None:
        kept = 0

        async def use(number: int) -> None:
            nonlocal kept
            ruling = await limiter.hit([rule(hits=N)])
            if ruling.is_allowed and number % 2:
                await asyncio.sleep(0)
                await limiter.give_back(ruling.hits)
            else:
                kept += ruling.is_allowed

        await asyncio.gather(*(use(number) for number in range(100)))

        assert kept <= N
        assert (await limiter.hit([rule(hits=N + 1)])).quotas[0].remaining == N - kept

    async def test_a_cancelled_call_does_not_spoil_the_next(self, limiter: RateLimiter) -> None:
        for yields in range(6):
            task = asyncio.create_task(limiter.hit([rule(hits=99)]))
            for _ in range(yields):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

            assert (await limiter.hit([rule("other", hits=99)])).quotas[0].name == "other"

    async def test_the_check_passes(self, limiter: RateLimiter) -> None:
        assert limiter.name == "rate limiter"
        await limiter.check()

    async def test_closing_twice_is_no_error(self, limiter: RateLimiter) -> None:
        await limiter.close()
        await limiter.close()
