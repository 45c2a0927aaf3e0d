import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from application.errors import DatabaseUnavailable, RateLimitExceeded
from application.ports.rate_limiter import Limit
from application.session.log_in import LogInHandler
from application.settings import LimitSettings
from application.user.deactivate_user import DeactivateUser
from domain.session.events import LogInFailed
from domain.user.errors import InvalidCredentials, UserInactive
from tests.unit.adapters.memory.test_rate_limiter import Stopwatch
from tests.unit.application.guessing import BUDGET, Watched, few_guesses, outcome, with_limits
from tests.unit.application.test_log_in import CountingHasher
from tests.world import OPERATOR, PASSWORD, SETTINGS, World, handler_of, world


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def limiter(stopwatch: Stopwatch) -> Watched:
    return Watched(stopwatch)


@pytest.fixture
async def here(limiter: Watched) -> AsyncIterator[World]:
    async with few_guesses(limiter) as here:
        yield here


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
async def test_after_too_many_wrong_passwords_even_the_right_one_has_to_wait(
    here: World, stopwatch: Stopwatch, email: str
) -> None:
    said = [await outcome(here, email, "Wrong-Horse-1") for _ in range(BUDGET + 1)]

    assert said == [InvalidCredentials] * BUDGET + [RateLimitExceeded]
    with pytest.raises(RateLimitExceeded) as caught:
        await here.log_in(email, PASSWORD)
    assert caught.value.retry_after == 60
    assert [quota.name for quota in caught.value.quotas] == ["login-account", "login-global"]

    stopwatch.seconds += 60
    assert await outcome(here, email, PASSWORD) is (
        None if email == "ann@example.com" else InvalidCredentials
    )


async def test_the_refusals_of_known_and_unknown_addresses_are_alike(here: World) -> None:
    said = []
    for email in ("ann@example.com", "nobody@example.com"):
        for _ in range(BUDGET):
            await outcome(here, email, "Wrong-Horse-1")
        with pytest.raises(RateLimitExceeded) as caught:
            await here.log_in(email, PASSWORD)
        error = caught.value
        said.append((error.message, error.retry_after, error.quotas[0].remaining))

    assert said[0] == said[1]


async def test_a_refused_log_in_costs_no_verification(here: World) -> None:
    handler = handler_of(here.do.log_in, LogInHandler)
    counting = CountingHasher(handler.hasher)
    object.__setattr__(handler, "hasher", counting)

    for _ in range(BUDGET + 5):
        await outcome(here, "ann@example.com", "Wrong-Horse-1")

    assert counting.verified == BUDGET


async def test_a_refused_log_in_is_told_to_who_listens(here: World) -> None:
    for _ in range(BUDGET + 1):
        await outcome(here, "ann@example.com", "Wrong-Horse-1")

    failures = [event for event in here.events if isinstance(event, LogInFailed)]
    assert [event.reason for event in failures][-1] == "RATE_LIMIT_EXCEEDED"
    assert failures[-1].user_id == failures[0].user_id is not None


async def test_of_many_wrong_passwords_at_once_no_more_than_the_budget_are_checked(
    here: World,
) -> None:
    handler = handler_of(here.do.log_in, LogInHandler)
    counting = CountingHasher(handler.hasher)
    object.__setattr__(handler, "hasher", counting)

    said = await asyncio.gather(
        *(outcome(here, "ann@example.com", f"Wrong-Horse-{number}") for number in range(50))
    )

    assert said.count(InvalidCredentials) == BUDGET == counting.verified
    assert said.count(RateLimitExceeded) == 50 - BUDGET


async def test_the_right_password_costs_nothing(here: World) -> None:
    said = [await outcome(here, "ann@example.com", PASSWORD) for _ in range(BUDGET * 3)]

    assert said == [None] * BUDGET * 3


async def test_the_right_password_does_not_give_back_the_wrong_ones(here: World) -> None:
    for _ in range(BUDGET - 1):
        await outcome(here, "ann@example.com", "Wrong-Horse-1")
        assert await outcome(here, "ann@example.com", PASSWORD) is None
    await outcome(here, "ann@example.com", "Wrong-Horse-1")

    assert await outcome(here, "ann@example.com", PASSWORD) is RateLimitExceeded


async def test_spellings_of_an_address_share_its_budget(here: World) -> None:
    for email in ("ANN@example.com", "ann@EXAMPLE.com", "Ann@Example.Com"):
        await outcome(here, email, "Wrong-Horse-1")

    assert await outcome(here, "ann@example.com", PASSWORD) is RateLimitExceeded
    assert await outcome(here, "lee@example.com", PASSWORD) is InvalidCredentials


async def test_who_is_deactivated_has_guessed_right(here: World) -> None:
    user_id = (await here.log_in()).user.id
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=user_id))

    said = [await outcome(here, "ann@example.com", PASSWORD) for _ in range(BUDGET + 2)]

    assert said == [UserInactive] * (BUDGET + 2)


async def test_an_outage_is_no_guess(here: World) -> None:
    handler = handler_of(here.do.log_in, LogInHandler)
    attempts = handler.attempts
    for _ in range(BUDGET * 2):
        with suppress(DatabaseUnavailable):
            async with await attempts.begin("ann@example.com") as attempt:
                await attempt.count(None)
                raise DatabaseUnavailable

    assert await outcome(here, "ann@example.com", PASSWORD) is None


async def test_who_leaves_in_the_middle_has_guessed(here: World) -> None:
    attempts = handler_of(here.do.log_in, LogInHandler).attempts

    async def guess() -> None:
        async with await attempts.begin("ann@example.com") as attempt:
            await attempt.count(None)
            await asyncio.Event().wait()

    for _ in range(BUDGET):
        task = asyncio.create_task(guess())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert await outcome(here, "ann@example.com", PASSWORD) is RateLimitExceeded


async def test_all_accounts_together_have_a_budget_too(limiter: Watched) -> None:
    limits = with_limits(login_global=Limit(4, 60))
    settings = replace(SETTINGS, rate_limits=LimitSettings(limits=limits))
    async with world(settings, limiter=limiter) as here:
        await here.register()
        for number in range(4):
            assert await outcome(here, f"{number}@example.com", "x") is InvalidCredentials

        assert await outcome(here, "ann@example.com", PASSWORD) is RateLimitExceeded


async def test_budgets_that_are_off_limit_nothing(limiter: Watched) -> None:
    limits = with_limits(login_account=None, login_global=None, password_proof=None)
    settings = replace(SETTINGS, rate_limits=LimitSettings(limits=limits))
    async with world(settings, limiter=limiter) as here:
        for _ in range(30):
            assert await outcome(here, "ann@example.com", "x") is InvalidCredentials


async def test_the_limiter_is_told_no_address(here: World, limiter: Watched) -> None:
    await outcome(here, "ann@example.com", "Wrong-Horse-1")

    assert len(limiter.keys) == 2
    assert not any("ann" in key or "example" in key for key in limiter.keys)
