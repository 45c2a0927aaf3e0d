"""What becomes of connections when a server refuses: a small server that says what it is told."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.redis.client import RedisClient
from adapters.redis.error_replies import ERROR_REPLIES
from tests.integration.redis.conftest import outcome
from tests.unit.settings import some_settings

pytestmark = pytest.mark.usefixtures("patient")


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
