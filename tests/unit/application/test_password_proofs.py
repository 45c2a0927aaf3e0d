from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from adapters.memory.rate_limiter import MemoryRateLimiter
from application.actor import Account
from application.errors import RateLimitExceeded
from application.limits.groups import DEFAULTS, Limits
from application.ports.rate_limiter import Limit, Rule, Ruling
from application.session.authenticate import Authenticate
from application.settings import LimitSettings
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.update_profile import UpdateProfile
from domain.errors import DomainError
from domain.user.errors import InvalidCredentials
from tests.unit.adapters.memory.test_rate_limiter import Stopwatch
from tests.world import OPERATOR, PASSWORD, SETTINGS, World, world

BUDGET = 3


class Watched(MemoryRateLimiter):
    """Remembers the keys that it was asked for."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        super().__init__(monotonic=stopwatch)
        self.keys: list[str] = []

    async def hit(self, rules: Sequence[Rule]) -> Ruling:
        self.keys += [rule.key for rule in rules]
        return await super().hit(rules)


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def limiter(stopwatch: Stopwatch) -> Watched:
    return Watched(stopwatch)


def with_limits(**limits: Limit | None) -> Limits:
    return {**DEFAULTS, **{name.replace("_", "-"): limit for name, limit in limits.items()}}


@pytest.fixture
async def here(limiter: Watched) -> AsyncIterator[World]:
    budget = Limit(BUDGET, 60)
    limits = with_limits(login_account=budget, password_proof=budget)
    settings = replace(SETTINGS, rate_limits=LimitSettings(limits=limits))
    async with world(settings, limiter=limiter) as here:
        await here.register()
        yield here


async def outcome(here: World, email: str, password: str) -> type[DomainError] | None:
    try:
        await here.log_in(email, password)
    except DomainError as error:
        return type(error)
    return None


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
