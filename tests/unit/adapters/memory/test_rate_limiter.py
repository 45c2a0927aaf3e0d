from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.null_rate_limiter import NullRateLimiter
from adapters.memory.rate_limiter import _FEW, MemoryRateLimiter, create
from application.invalid_settings import InvalidSettings
from tests.unit.contracts.rate_limiter import Elapse, RateLimiterContract, rule
from tests.unit.settings import some_settings


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    async def elapse(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


class TestMemoryRateLimiter(RateLimiterContract):
    @pytest.fixture
    def elapse(self, stopwatch: Stopwatch) -> Elapse:
        return stopwatch.elapse

    @pytest.fixture
    async def limiter(self, stopwatch: Stopwatch) -> AsyncIterator[MemoryRateLimiter]:
        limiter = MemoryRateLimiter(monotonic=stopwatch)
        await limiter.open()
        yield limiter
        await limiter.close()

    async def test_the_time_that_is_told_is_exact(
        self, limiter: MemoryRateLimiter, stopwatch: Stopwatch
    ) -> None:
        await limiter.hit([rule(hits=1, seconds=60)])
        stopwatch.seconds += 59

        assert (await limiter.hit([rule(hits=1, seconds=60)])).retry_after == 1
        stopwatch.seconds += 1
        assert (await limiter.hit([rule(hits=1, seconds=60)])).is_allowed


async def test_keys_that_ended_are_forgotten(stopwatch: Stopwatch) -> None:
    limiter = MemoryRateLimiter(monotonic=stopwatch)
    for number in range(100):
        await limiter.hit([rule(f"minute {number}", seconds=60), rule(f"hour {number}", 9, 3600)])
    stopwatch.seconds += 60

    await limiter.hit([rule("now", seconds=60)])

    assert len(limiter) == 101


async def test_hits_that_ended_neither_count_nor_pile_up(stopwatch: Stopwatch) -> None:
    limiter = MemoryRateLimiter(monotonic=stopwatch)
    many = rule(hits=200, seconds=60)

    # A hit each second: sixty of them count at any time, after as many windows as there may be.
    for _ in range(1000):
        stopwatch.seconds += 1
        ruling = await limiter.hit([many])
        assert ruling.quotas[0].remaining >= 140

    assert (await limiter.hit([many])).quotas[0].remaining == 139
    (kept,) = limiter._by_window[60].values()
    assert len(kept) <= 2 * (60 + _FEW)


async def test_there_are_never_more_keys_than_allowed_and_the_oldest_goes_first() -> None:
    limiter = MemoryRateLimiter(max_keys=3)
    for key in ("a", "b", "c", "a", "d"):
        await limiter.hit([rule(key, hits=1)])

    assert len(limiter) == 3
    assert [(await limiter.hit([rule(key, hits=1)])).is_allowed for key in "bcd"] == [False] * 3


@given(st.lists(st.floats(0, 30), min_size=1, max_size=40), st.integers(1, 5), st.integers(1, 20))
async def test_no_span_of_the_window_ever_holds_more_than_the_limit(
    waits: list[float], hits: int, seconds: int
) -> None:
    stopwatch = Stopwatch()
    limiter = MemoryRateLimiter(monotonic=stopwatch)
    allowed: list[float] = []
    for wait in waits:
        stopwatch.seconds += wait
        if (await limiter.hit([rule(hits=hits, seconds=seconds)])).is_allowed:
            allowed.append(stopwatch.seconds)

    for first, last in zip(allowed, allowed[hits:], strict=False):
        assert last - first >= seconds - 1e-5


@given(st.lists(st.floats(0, 30), min_size=1, max_size=40))
async def test_who_waits_as_long_as_told_is_allowed(waits: list[float]) -> None:
    stopwatch = Stopwatch()
    limiter = MemoryRateLimiter(monotonic=stopwatch)
    for wait in waits:
        stopwatch.seconds += wait
        ruling = await limiter.hit([rule(hits=2, seconds=20)])
        if not ruling.is_allowed:
            stopwatch.seconds += ruling.retry_after
            assert (await limiter.hit([rule(hits=2, seconds=20)])).is_allowed


@pytest.mark.parametrize("url", ["memory://?keys=0", "memory://?keys=x", "memory://?size=1"])
def test_a_wrong_parameter_is_refused_with_the_right_one(url: str) -> None:
    with pytest.raises(InvalidSettings, match=r"RATE_LIMIT_URL: .* `keys`"):
        create(url, some_settings())


async def test_the_number_of_keys_comes_from_the_url() -> None:
    limiter = create("memory://?keys=2", some_settings())
    for key in "abc":
        await limiter.hit([rule(key)])

    assert len(limiter) == 2


async def test_no_limiter_allows_everything_and_tells_of_nothing() -> None:
    limiter = NullRateLimiter()
    await limiter.open()

    for _ in range(10):
        ruling = await limiter.hit([rule(hits=1)])
        assert (ruling.is_allowed, ruling.quotas) == (True, ())
        await limiter.give_back(ruling.hits)

    await limiter.check()
    await limiter.close()
    assert limiter.name == "rate limiter"
