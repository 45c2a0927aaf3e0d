"""Instrumented rate limiter."""

from collections.abc import Sequence

from application.metrics import RATE_LIMIT_DECISIONS
from application.ports.meter import Meter
from application.ports.rate_limiter import Hit, RateLimiter, Rule, Ruling
from application.ports.tracer import Tracer


class InstrumentedRateLimiter(RateLimiter):
    """Counts what was allowed and what was refused, and makes a span of each hit."""

    def __init__(self, inner: RateLimiter, meter: Meter, tracer: Tracer) -> None:
        self._inner = inner
        self._allowed = meter.bound(RATE_LIMIT_DECISIONS, "allowed")
        self._refused = meter.bound(RATE_LIMIT_DECISIONS, "refused")
        self._tracer = tracer

    @property
    def name(self) -> str:
        return self._inner.name

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def check(self) -> None:
        await self._inner.check()

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:
        if self._tracer.is_on:
            with self._tracer.span("rate_limiter.hit"):
                ruling = await self._inner.hit(rules, *otherwise)
        else:
            ruling = await self._inner.hit(rules, *otherwise)
        (self._refused if ruling.blocked else self._allowed)(1)
        return ruling

    async def give_back(self, hits: Sequence[Hit], *, instead: Sequence[Rule] = ()) -> None:
        with self._tracer.span("rate_limiter.give_back"):
            await self._inner.give_back(hits, instead=instead)
