"""Passwords that are guessed, where few guesses are allowed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.memory.rate_limiter import MemoryRateLimiter
from application.limits.groups import DEFAULTS, Limits
from application.ports.rate_limiter import Limit, Rule, Ruling
from application.settings import LimitSettings
from domain.errors import DomainError
from tests.unit.adapters.memory.test_rate_limiter import Stopwatch
from tests.world import SETTINGS, World, world

BUDGET = 3


class Watched(MemoryRateLimiter):
    """Remembers the keys that it was asked for."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        super().__init__(monotonic=stopwatch)
        self.keys: list[str] = []

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:
        self.keys += [rule.key for choice in (rules, *otherwise) for rule in choice]
        return await super().hit(rules, *otherwise)


def with_limits(**limits: Limit | None) -> Limits:
    return {**DEFAULTS, **{name.replace("_", "-"): limit for name, limit in limits.items()}}


@asynccontextmanager
async def few_guesses(limiter: Watched) -> AsyncIterator[World]:
    """A world with an account, in which BUDGET wrong passwords a minute are allowed."""
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
