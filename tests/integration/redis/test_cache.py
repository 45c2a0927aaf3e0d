import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Connection, Redis

from adapters.msgspec.message_pack import MessagePack
from adapters.redis.cache import RedisCache, create
from tests.unit.adapters.caching.asides import an_aside
from tests.unit.contracts.cache import CacheContract
from tests.unit.contracts.elapsing import MINUTE, Elapse
from tests.unit.settings import some_settings


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
                assert 60_000 < await client.pttl(f"armature:{key}") <= 90_500

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
    here, there = (an_aside(cache, MessagePack(str), ttl=MINUTE, settle=MINUTE) for cache in caches)
    await caches[0].delete(f"user:{MessagePack(str).version}:ann")
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
