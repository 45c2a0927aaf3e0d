import asyncio

import pytest

from application.ports.rate_limiter import Limit, RateLimiter
from tests.unit.contracts.rate_limiter_choices import (
    WINDOW,
    Elapse,
    N,
    RateLimiterChoicesContract,
    rule,
)

__all__ = ["Elapse", "N", "RateLimiterContract", "rule"]


class RateLimiterContract(RateLimiterChoicesContract):
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
