from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from application.actor import Account
from application.errors import RateLimitExceeded
from application.session.authenticate import Authenticate
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.update_profile import UpdateProfile
from domain.user.errors import InvalidCredentials, UserAlreadyExists
from tests.unit.adapters.memory.test_rate_limiter import Stopwatch
from tests.unit.application.guessing import BUDGET, Watched, few_guesses, outcome
from tests.world import OPERATOR, PASSWORD, World


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


async def ann_of(here: World) -> Account:
    tokens = (await here.log_in()).tokens
    return await here.do.authenticate(Authenticate(access_token=tokens.access_token))


async def test_wrong_proofs_have_a_budget_of_their_own(here: World) -> None:
    ann = await ann_of(here)
    wrong = "Wrong-Horse-1"
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: here.do.close_account(CloseAccount(actor=ann, user_id=ann.user_id, password=wrong)),
        lambda: here.do.update_profile(
            UpdateProfile(actor=ann, user_id=ann.user_id, email="b@example.com", password=wrong)
        ),
        lambda: here.do.change_password(
            ChangePassword(
                actor=ann, user_id=ann.user_id, old_password=wrong, new_password="Third-Horse-3"
            )
        ),
    ]
    for attempt in attempts:
        with pytest.raises(InvalidCredentials):
            await attempt()
    for attempt in attempts:
        with pytest.raises(RateLimitExceeded):
            await attempt()

    assert await outcome(here, "ann@example.com", PASSWORD) is None
    await here.do.change_password(
        ChangePassword(actor=OPERATOR, user_id=ann.user_id, new_password="Third-Horse-3")
    )


async def test_strangers_who_try_to_log_in_do_not_hinder_who_is_logged_in(here: World) -> None:
    ann = await ann_of(here)
    for _ in range(BUDGET + 1):
        await outcome(here, "ann@example.com", "Wrong-Horse-1")

    await here.do.change_password(
        ChangePassword(
            actor=ann, user_id=ann.user_id, old_password=PASSWORD, new_password="Third-Horse-3"
        )
    )


async def test_changes_of_address_with_the_right_password_have_five_tries_a_day(
    here: World, stopwatch: Stopwatch
) -> None:
    await here.register("taken@example.com")
    ann = await ann_of(here)

    async def change(email: str, password: str = PASSWORD) -> None:
        await here.do.update_profile(
            UpdateProfile(actor=ann, user_id=ann.user_id, email=email, password=password)
        )

    with pytest.raises(InvalidCredentials):
        await change("taken@example.com", "Wrong-Horse-1")
    for _ in range(4):
        with pytest.raises(UserAlreadyExists):
            await change("taken@example.com")
    await change("new@example.com")
    for email in ("taken@example.com", "free@example.com"):
        with pytest.raises(RateLimitExceeded) as caught:
            await change(email)
        assert caught.value.retry_after == 24 * 3600
    await here.do.update_profile(UpdateProfile(actor=ann, user_id=ann.user_id, name="Ann"))

    await here.do.update_profile(
        UpdateProfile(actor=OPERATOR, user_id=ann.user_id, email="other@example.com")
    )
    # Which ended all sessions.
    tokens = (await here.log_in("other@example.com")).tokens
    ann = await here.do.authenticate(Authenticate(access_token=tokens.access_token))
    stopwatch.seconds += 24 * 3600
    await change("free@example.com")
