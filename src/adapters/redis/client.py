"""Connections to Redis, or to anything that speaks its protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import (
    Connection,
    ConnectionPool,
    Redis,
    RedisCluster,
    Sentinel,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from adapters.redis.address import Address, Topology
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
        """
        await self._acquire()
        try:
            yield self._commands
        except (RedisError, RedisClusterException, OSError) as error:
            raise _unavailable(error) from error
        finally:
            self._free.release()

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
        await self._commands.aclose()
        for node in self._sentinel.sentinels if self._sentinel else ():
            await node.aclose()


def _unavailable(error: Exception) -> DependencyUnavailable:
    return DependencyUnavailable(dependency="redis", context={"reason": type(error).__name__})


def _single(address: Address) -> Redis:
    options = _options(address) | {"db": address.db}
    if address.path is not None:
        return Redis.from_pool(
            ConnectionPool(
                connection_class=UnixDomainSocketConnection, path=address.path, **options
            )
        )
    host, port = address.nodes[0]
    kind = SSLConnection if address.ssl else Connection
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
