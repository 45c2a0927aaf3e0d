"""Null rate limiter: allows everything."""

from collections.abc import Sequence

from application.ports.rate_limiter import Hit, RateLimiter, Rule, Ruling
from application.settings import Settings


def create(url: str, settings: Settings) -> "NullRateLimiter":  # noqa: ARG001 - as every limiter
    """Build the limiter for `none://`."""
    return NullRateLimiter()


class NullRateLimiter(RateLimiter):
    """Allows everything and counts nothing, so it has no quotas."""

    is_shared = False

    @property
    def name(self) -> str:
        return "rate limiter"

    async def open(self) -> None:
        """There is nothing to get ready."""

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def check(self) -> None:
        """There is nothing that could fail."""

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:  # noqa: ARG002 - the port's
        return Ruling(())

    async def give_back(self, hits: Sequence[Hit], *, instead: Sequence[Rule] = ()) -> None:
        """Nothing was taken."""
