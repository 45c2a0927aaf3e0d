import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from adapters.memory.rate_limiter import MemoryRateLimiter
from adapters.resilience.breaker import Breaker, ConsecutiveFailures
from adapters.resilience.fail_open_rate_limiter import FailOpenRateLimiter
from adapters.resilience.pipeline import Pipeline
from adapters.resilience.timeout import Timeout
from application.errors import DependencyUnavailable
from application.ports.circuit_listener import CircuitState
from application.ports.rate_limiter import Hit, Rule, Ruling
from tests.unit.adapters.memory.test_rate_limiter import Stopwatch
from tests.unit.adapters.resilience.circuits import Journal
from tests.unit.contracts.rate_limiter import Elapse, RateLimiterContract, rule

NAME = "rate limiter"
OPEN_FOR = 5.0


class Shared(MemoryRateLimiter):
    """A limiter that can be down, or hang."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        super().__init__(monotonic=stopwatch)
        self.is_down = False
        self.hangs = False
        self.asked = 0

    async def _answer(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.is_down:
            raise DependencyUnavailable(dependency="redis")

    async def open(self) -> None:
        await self._answer()

    async def check(self) -> None:
        await self._answer()

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:
        await self._answer()
        return await super().hit(rules, *otherwise)

    async def give_back(self, hits: Sequence[Hit], *, instead: Sequence[Rule] = ()) -> None:
        await self._answer()
        await super().give_back(hits, instead=instead)


class Bench:
    def __init__(self, patience: float = 10) -> None:
        self.time = Stopwatch()
        self.shared = Shared(self.time)
        self.told: list[str] = []
        self.journal = Journal()
        self.breaker = Breaker(
            NAME,
            ConsecutiveFailures(3),
            open_for=timedelta(seconds=OPEN_FOR),
            trials=1,
            listeners=(self.journal,),
            monotonic=self.time,
        )
        self.limiter = FailOpenRateLimiter(
            self.shared,
            MemoryRateLimiter(monotonic=self.time),
            Pipeline(self.breaker, Timeout(NAME, timedelta(seconds=patience))),
            self.told.append,
        )


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestWhileTheSharedOneWorks(RateLimiterContract):
    @pytest.fixture
    def elapse(self, bench: Bench) -> Elapse:
        return bench.time.elapse

    @pytest.fixture
    async def limiter(self, bench: Bench) -> AsyncIterator[FailOpenRateLimiter]:
        await bench.limiter.open()
        yield bench.limiter
        await bench.limiter.close()
        assert bench.told == []


class TestWhileTheSharedOneIsDown(RateLimiterContract):
    @pytest.fixture
    def elapse(self, bench: Bench) -> Elapse:
        return bench.time.elapse

    @pytest.fixture
    async def limiter(self, bench: Bench) -> AsyncIterator[FailOpenRateLimiter]:
        bench.shared.is_down = True
        await bench.limiter.open()
        yield bench.limiter
        await bench.limiter.close()
        assert bench.told[0] == "open"

    async def test_the_check_passes(self, limiter: object) -> None:
        """It does not: health is what the operator asks for."""
        assert isinstance(limiter, FailOpenRateLimiter)
        with pytest.raises(DependencyUnavailable):
            await limiter.check()


async def test_each_call_without_the_shared_one_is_told(bench: Bench) -> None:
    bench.shared.is_down = True

    taken = await bench.limiter.hit([rule()])
    await bench.limiter.give_back(taken.hits)
    await bench.limiter.hit([rule()])

    assert bench.told == ["hit", "give_back", "hit"]


async def test_a_limiter_that_is_down_is_soon_not_asked_any_more(bench: Bench) -> None:
    bench.shared.is_down = True

    for _ in range(20):
        await bench.limiter.hit([rule(hits=99)])

    assert bench.shared.asked == 3
    assert len(bench.told) == 20
    assert bench.journal.changes == [(NAME, "CLOSED", "OPEN")]


async def test_a_limiter_that_hangs_is_given_up() -> None:
    bench = Bench(patience=0.01)
    bench.shared.hangs = True

    for _ in range(5):
        assert (await bench.limiter.hit([rule(hits=5)])).is_allowed

    assert bench.shared.asked == 3
    assert bench.breaker.state is CircuitState.OPEN
    assert not (await bench.limiter.hit([rule(hits=5)])).is_allowed


async def test_it_is_used_again_when_it_is_back(bench: Bench) -> None:
    bench.shared.is_down = True
    for _ in range(3):
        await bench.limiter.hit([rule(hits=3)])
    bench.shared.is_down = False
    bench.time.seconds += OPEN_FOR

    ruling = await bench.limiter.hit([rule(hits=3)])

    # It knows nothing of what was counted without it.
    assert ruling.quotas[0].remaining == 2
    assert bench.breaker.state is CircuitState.CLOSED
    assert len(bench.told) == 3


async def test_what_was_taken_without_the_shared_one_is_given_back_where_it_was_taken(
    bench: Bench,
) -> None:
    bench.shared.is_down = True
    taken = await bench.limiter.hit([rule(hits=1)])
    bench.shared.is_down = False
    await bench.limiter.give_back(taken.hits)
    bench.shared.is_down = True

    assert (await bench.limiter.hit([rule(hits=1)])).is_allowed


async def test_a_bug_is_no_outage(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: Sequence[Rule]) -> Ruling:
        raise ZeroDivisionError

    monkeypatch.setattr(bench.shared, "hit", broken)

    with pytest.raises(ZeroDivisionError):
        await bench.limiter.hit([rule()])
