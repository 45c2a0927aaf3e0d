"""Redis client: connections, key names, Lua scripts, timeouts, error translation."""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import hiredis
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
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisClusterException, RedisError
from redis.typing import EncodableT

from adapters.redis.address import Address, Topology
from adapters.redis.batches import Batches, Command
from adapters.redis.error_replies import ERROR_REPLIES, error_code
from application.errors import DependencyUnavailable
from application.invalid_settings import InvalidSettings
from application.settings import Settings

TIMEOUT = 0.5
"""Seconds to connect, to wait for an answer, and to wait for a free connection."""
PAUSE = 1.0
"""Seconds between two replacements of all connections, and between two log lines of refusals."""

logger: Final = logging.getLogger("armature.redis")


class RedisClient:
    """A client built unopened: it connects with the first command, and again when it must.

    Where the server refuses commands as a replica, without a primary or for want of a login
    (`ERROR_REPLIES`), all connections are discarded, at most once in PAUSE: the next command
    resolves the name anew. Nothing is retried here: only the caller can decide whether a
    command that may have been carried out can be sent again. `keys` names what is kept.
    """

    def __init__(self, address: Address, keys: "Keys") -> None:
        self.keys = keys
        self._address = address
        self._free = asyncio.Semaphore(address.max_connections)
        self._connections = _Connections(address)
        self._batches = Batches(self._send)
        self._refused_at = float("-inf")
        self._closing: set[asyncio.Task[None]] = set()

    @classmethod
    def of_url(cls, url: str, variable: str, settings: Settings) -> "RedisClient":
        """Build the client for a URL; raises InvalidSettings, naming the variable."""
        try:
            address = Address.parse(url)
            address.check_files()
        except ValueError as error:
            raise InvalidSettings((f"{variable}: {error}",)) from error
        return cls(address, Keys(settings.redis_prefix))

    @asynccontextmanager
    async def commands(self) -> AsyncIterator[Redis | RedisCluster]:
        """Lend a connection; every failure of Redis becomes DependencyUnavailable.

        A refusal (out of memory, read-only, wrong password) is one too: none is a caller's fault.
        Only NoScriptError passes: Script handles it.
        """
        await self._acquire()
        connections = self._connections
        connections.users += 1
        try:
            with _translated():
                try:
                    yield connections.commands
                except RedisError as error:
                    self._on_refusal(connections.commands, error)
                    raise
        finally:
            connections.users -= 1
            self._free.release()
            self._close_if_discarded(connections)

    async def run(self, *command: str | bytes | int) -> Any:  # noqa: ANN401 - what it is, the command says
        """Carry out one command, together with those that others want meanwhile.

        Raises what `commands` raises.
        """
        if self._address.topology is Topology.CLUSTER:
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
            for answer in answers:
                if isinstance(answer, RedisError):
                    self._on_refusal(redis, answer)
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

    def _on_refusal(self, commands: Redis | RedisCluster, error: RedisError) -> None:
        """Log an error reply, and discard the connections where new ones may work."""
        code = error_code(error)
        reply = ERROR_REPLIES.get(code or "")
        now = time.monotonic()
        if reply is None or now - self._refused_at < PAUSE:
            return
        self._refused_at = now
        then = "; reconnecting" if reply.reconnect else ""
        logger.warning("Redis refuses commands: %s, %s%s", code, reply.meaning, then)
        if reply.reconnect and commands is self._connections.commands:
            self._connections.is_discarded = True
            self._connections = _Connections(self._address)

    def _close_if_discarded(self, connections: "_Connections") -> None:
        """Close discarded connections once their last command has ended."""
        if connections.is_discarded and not connections.users:
            task = asyncio.create_task(connections.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        await self._batches.close()
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._connections.close()


@dataclass(frozen=True, slots=True)
class Keys:
    """Names keys. Services with different prefixes share a Redis and do not see each other.

    A prefix has no colon, so none begins another's keys, and no brace, which would move keys to
    other slots of a cluster. An ACL user needs `~prefix:*` and nothing more.
    """

    prefix: str

    def cache(self, key: str) -> str:
        return f"{self.prefix}:{key}"

    def limit(self, key: str) -> str:
        """Name a counter; the hash tag puts all into one slot, as one script reaches several."""
        return f"{self.prefix}:{{limits}}:{key}"

    @property
    def active_users(self) -> str:
        return f"{self.prefix}:active-users"


class Script:
    """A Lua file of this folder; the server is sent the text once, and its hash from then on."""

    def __init__(self, file: str) -> None:
        self._text = resources.files("adapters.redis").joinpath(file).read_text("utf-8")
        # The name that Redis gives a script; nothing rests on it.
        self._hash = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    async def run(self, client: RedisClient, keys: Sequence[str], arguments: Sequence[int]) -> Any:  # noqa: ANN401 - what it is, the script says
        """Run it; raises DependencyUnavailable."""
        rest: tuple[str | int, ...] = (len(keys), *keys, *arguments)
        try:
            return await client.run("EVALSHA", self._hash, *rest)
        except NoScriptError:
            # A server that was restarted, or a node that has not seen it yet.
            return await client.run("EVAL", self._text, *rest)


class _Connections:
    """A client of redis-py; `users` is how many are using it now."""

    def __init__(self, address: Address) -> None:
        self.users = 0
        self.is_discarded = False
        self._sentinel: Sentinel | None = None
        self.commands: Redis | RedisCluster
        if address.topology is Topology.CLUSTER:
            self.commands = _cluster(address)
        elif address.topology is Topology.SENTINEL:
            self._sentinel = _sentinel(address)
            self.commands = self._sentinel.master_for(address.service)
        else:
            self.commands = _single(address)

    async def close(self) -> None:
        await self.commands.aclose()
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
    except (TypeError, ValueError, LookupError, ArithmeticError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> DependencyUnavailable:
    reason = error_code(error) or type(error).__name__
    return DependencyUnavailable(dependency="redis", context={"reason": reason})


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


class _Packing(AbstractConnection):
    """Encodes commands by hiredis (RESP).

    redis-py reads answers with it, but its asynchronous connections encode commands themselves: a
    quarter of what a busy process spends on a command.
    """

    def pack_command(self, *args: EncodableT) -> list[bytes]:
        """Give the bytes of one command; its name may be of several words, as `CLIENT SETINFO`."""
        name, *rest = args
        words = name.split() if isinstance(name, str | bytes) else (name,)
        try:
            return [hiredis.pack_command((*words, *rest))]
        except TypeError:
            # A type that hiredis does not encode, as a bytearray.
            return super().pack_command(*args)


class PackingConnection(_Packing, Connection):
    """Over TCP."""


class PackingSSLConnection(_Packing, SSLConnection):
    """Over TLS."""


class PackingUnixConnection(_Packing, UnixDomainSocketConnection):
    """Over a Unix socket."""
