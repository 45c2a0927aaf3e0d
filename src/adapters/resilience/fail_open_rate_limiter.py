"""Fail-open rate limiter: counts in the process while the shared one is down."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from adapters.resilience.named_outage import naming
from adapters.resilience.pipeline import Pipeline
from application.errors import DependencyUnavailable
from application.ports.rate_limiter import Hit, RateLimiter, Rule, Ruling

T = TypeVar("T")


class FailOpenRateLimiter(RateLimiter):
    """Asks `limiter` inside `pipeline`; in an outage `fallback`, of this process alone, counts.

    So an outage lets each process allow what all of them should allow together, and no more.
    Each time, `listener` is told the name of the operation. With a breaker in the pipeline
    hardly anybody waits for a limiter that is down, and it is used again when it is back. `check`
    still raises: health is what the operator asks for.
    """

    def __init__(
        self,
        limiter: RateLimiter,
        fallback: RateLimiter,
        pipeline: Pipeline,
        listener: Callable[[str], None],
    ) -> None:
        self._limiter = limiter
        self._fallback = fallback
        self._pipeline = pipeline
        self._listener = listener

    @property
    def name(self) -> str:
        return self._limiter.name

    async def open(self) -> None:
        try:
            await self._limiter.open()
        except DependencyUnavailable:
            self._listener("open")

    async def close(self) -> None:
        await self._fallback.close()
        try:
            await self._limiter.close()
        except DependencyUnavailable:
            self._listener("close")

    async def check(self) -> None:
        await self._limiter.check()

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:
        try:
            return await self._ask("hit", lambda: self._limiter.hit(rules, *otherwise))
        except DependencyUnavailable:
            self._listener("hit")
            return await self._fallback.hit(rules, *otherwise)

    async def give_back(self, hits: Sequence[Hit], *, instead: Sequence[Rule] = ()) -> None:
        # Whichever of the two did not count them has nothing to give back.
        await self._fallback.give_back(hits)
        try:
            await self._ask("give_back", lambda: self._limiter.give_back(hits, instead=instead))
        except DependencyUnavailable:
            self._listener("give_back")
            await self._fallback.give_back((), instead=instead)

    async def _ask(self, operation: str, call: Callable[[], Awaitable[T]]) -> T:
        return await self._pipeline.run(
            f"rate_limiter.{operation}", lambda: naming(self.name, call)
        )
