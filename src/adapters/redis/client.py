"""Connections to Redis, or to anything that speaks its protocol."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from redis.asyncio import ConnectionPool, Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisClusterException, RedisError

from adapters.redis.address import Address, Topology
from adapters.redis.batches import Batches, Command
from adapters.redis.packing import (
    PackingConnection,
    PackingSSLConnection,
    PackingUnixConnection,
)
from application.errors import DependencyUnavailable
from application.invalid_settings import InvalidSettings

TIMEOUT = 0.5
"""Seconds to connect, to wait for an answer, and to wait for a free connection."""


class RedisClient:
    """A client built unopened: it connects with the first command, and again when it must.

    Nothing is retried here: whether a command that may have been carried out can be sent again
    is for its caller to know.
    """

    def __init__(self, address: Address) -> None:
        self._free = asyncio.Semaphore(address.max_connections)
        self._sentinel: Sentinel | None = None
        self._commands: Redis | RedisCluster
        if address.topology is Topology.CLUSTER:
            self._commands = _cluster(address)
        elif address.topology is Topology.SENTINEL:
            self._sentinel = _sentinel(address)
            self._commands = self._sentinel.master_for(address.service)
        else:
            self._commands = _single(address)
        self._batches = Batches(self._send)

    @classmethod
    def of_url(cls, url: str, variable: str) -> "RedisClient":
        """Build the client for a URL; raises InvalidSettings, naming the variable."""
        try:
            return cls(Address.parse(url))
        except ValueError as error:
            raise InvalidSettings((f"{variable}: {error}",)) from error

    @asynccontextmanager
    async def commands(self) -> AsyncIterator[Redis | RedisCluster]:
        """Lend a connection; every failure of Redis becomes DependencyUnavailable.

        A refusal (out of memory, read-only, wrong password) is one too: none is a caller's fault.
        Only NoScriptError stays what it is, since Script knows what to do about it.
        """
        await self._acquire()
        try:
            with _translated():
                yield self._commands
        finally:
            self._free.release()

    async def run(self, *command: str | bytes | int) -> Any:  # noqa: ANN401 - what it is, the command says
        """Carry out one command, together with those that others want meanwhile.

        Raises what `commands` raises.
        """
        if isinstance(self._commands, RedisCluster):
            # Each node would need batches of its own, and a slot may move in the midst of one.
            async with self.commands() as redis:
                return await redis.execute_command(*command)
        with _translated():
            return await self._batches.run(command)

    async def _send(self, commands: Sequence[Command]) -> Sequence[Any]:
        async with self.commands() as redis:
            pipeline = redis.pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)
            answers: list[Any] = await pipeline.execute(raise_on_error=False)
            return answers

    async def _acquire(self) -> None:
        if not self._free.locked():
            # Nothing to wait for, so no timer either: that costs a tenth of a command.
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._free.acquire()
        except TimeoutError as error:
            raise _unavailable(error) from error

    async def close(self) -> None:
        await self._batches.close()
        await self._commands.aclose()
        for node in self._sentinel.sentinels if self._sentinel else ():
            await node.aclose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except NoScriptError:
        raise
    except (RedisError, RedisClusterException, OSError) as error:
        raise _unavailable(error) from error


@contextmanager
def unreadable_is_unavailable() -> Iterator[None]:
    """Raise DependencyUnavailable for a reply that makes no sense: it is not trusted."""
    try:
        yield
    except (TypeError, ValueError, ArithmeticError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> DependencyUnavailable:
    return DependencyUnavailable(dependency="redis", context={"reason": type(error).__name__})


def _single(address: Address) -> Redis:
    options = _options(address) | {"db": address.db}
    if address.path is not None:
        return Redis.from_pool(
            ConnectionPool(connection_class=PackingUnixConnection, path=address.path, **options)
        )
    host, port = address.nodes[0]
    kind = PackingSSLConnection if address.ssl else PackingConnection
    return Redis.from_pool(ConnectionPool(connection_class=kind, host=host, port=port, **options))


def _cluster(address: Address) -> RedisCluster:
    nodes = [ClusterNode(host, port) for host, port in address.nodes]
    return RedisCluster(startup_nodes=nodes, ssl=address.ssl, **_options(address))


def _sentinel(address: Address) -> Sentinel:
    """Sentinels are reached like the primary, TLS or not, but with a login of their own."""
    login = {"username": address.sentinel_username, "password": address.sentinel_password}
    return Sentinel(  # type: ignore[no-untyped-call]  # redis-py does not type it
        address.nodes,
        sentinel_kwargs=_options(address) | login | {"ssl": address.ssl},
        **_options(address) | {"db": address.db, "ssl": address.ssl},
    )


def _options(address: Address) -> dict[str, Any]:
    return {
        "username": address.username,
        "password": address.password,
        "max_connections": address.max_connections,
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "retry": Retry(NoBackoff(), 0),
        # Version 3 adds nothing to these few commands but a round trip for each connection.
        "protocol": 2,
        **dict(address.tls),
    }
