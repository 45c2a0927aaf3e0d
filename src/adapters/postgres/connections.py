"""The connection pool: how connections are made, checked, taken, given back and retired."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from psycopg import Error
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from adapters.postgres.connection import Connection, run
from adapters.postgres.conninfo import conninfo_of
from adapters.postgres.errors import READ_ONLY, meaning_of, translated
from adapters.sql.dialect import Call
from application.context import call_context
from application.errors import DatabaseReadOnly, DatabaseUnavailable
from application.ports.load import Load
from application.settings import DatabaseSettings

PATIENCE = 5.0
"""Seconds to wait for a connection of the pool."""

GIVE_UP = 2.0
"""Seconds after which the pool stops trying for one lost connection; whoever needs one makes it try
again. Its own 300 s end in pauses of minutes."""

LAST_WORD = 1.0
"""Seconds for a rollback; else the connection is closed."""

IDLE = 10.0
"""Seconds of idleness after which a connection is checked before it is used: a NAT or a firewall
may have dropped it in silence."""

CHECK = 1.0
"""Seconds for an answer to the check of a connection."""

FIRST = 3.0
"""Seconds for the first attempt of a read, or of a BEGIN, before it is repeated on another
connection; half of what is left until the deadline where that is less."""

SETTLED = 0.25
"""Seconds; a younger connection that is refused as an old one would be is kept, since a newer one
would be refused too. It bounds how often connections are made while a standby answers."""

_CHECK = b"SELECT 1"


class Connections:
    """A pool in autocommit mode: a read is one round trip, a unit of work says BEGIN itself.

    `is_read_only` is whether the server refused a write lately, as a standby does;
    `server_version` is as libpq has it (180004 is 18.4), 0 before the first connection.
    """

    def __init__(self, url: str, settings: DatabaseSettings) -> None:
        self._conninfo = conninfo_of(url)
        self._sizes = (settings.pool_min, settings.pool_max)
        self._kwargs = {
            "autocommit": True,
            "prepare_threshold": settings.prepare_threshold or None,
        }
        self._pool: AsyncConnectionPool[Connection] | None = None
        self._returning: set[asyncio.Task[None]] = set()
        self._suspected_at = 0.0
        self._is_reconnecting = False
        self.is_read_only = False
        self.server_version = 0

    async def open(self) -> None:
        self._pool = AsyncConnectionPool(
            self._conninfo,
            connection_class=Connection,
            min_size=self._sizes[0],
            max_size=self._sizes[1],
            kwargs=self._kwargs,
            configure=Connection.settle,
            open=False,
            name="armature",
            timeout=PATIENCE,
            reconnect_timeout=GIVE_UP,
            reconnect_failed=self._reconnect_for_waiting,
        )
        await self._pool.open()

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        while self._returning:
            await asyncio.wait(self._returning)
        if pool is not None:
            await pool.close()

    def load(self) -> Load:
        """Tell how many connections are at work, and how many calls wait for one."""
        if self._pool is None:
            return Load()
        found = self._pool.get_stats()
        idle, size = found.get("pool_available", 0), found.get("pool_size", 0)
        return Load(
            active=max(0, size - idle),
            idle=idle,
            waiting=found.get("requests_waiting", 0),
            limit=self._sizes[1],
            is_read_only=self.is_read_only,
        )

    def _reconnect_for_waiting(self, pool: AsyncConnectionPool[Connection]) -> None:
        """Have the pool try again while callers wait; by itself it does so for new ones alone."""
        if not self._is_reconnecting:
            self._is_reconnecting = True
            self._in_background(self._reconnect(pool))

    async def _reconnect(self, pool: AsyncConnectionPool[Connection]) -> None:
        try:
            while pool.get_stats().get("requests_waiting"):
                with suppress(PoolTimeout):
                    await pool.putconn(await pool.getconn(GIVE_UP))
                    return
        finally:
            self._is_reconnecting = False

    async def connect(self) -> Connection:
        """Make a connection outside the pool, which tells why it cannot be made."""
        with translated("connect"):
            connection = await Connection.connect(
                self._conninfo, autocommit=True, prepare_threshold=None
            )
            await connection.settle()
            self.server_version = connection.pgconn.server_version
            return connection

    async def read(self, call: Call) -> list[TupleRow]:
        """Run a statement outside a transaction; repeated on another connection if need be."""
        values = call.every[0]
        async with self.taken() as connection:
            try:
                async with asyncio.timeout(call_context.get().bound(2 * FIRST) / 2):
                    return await run(
                        connection, call.operation, call.text, values, plan_anew=call.plan_anew
                    )
            except (TimeoutError, DatabaseUnavailable):
                if not connection.closed:
                    raise
        async with self.taken() as connection:
            return await run(
                connection, call.operation, call.text, values, plan_anew=call.plan_anew
            )

    @asynccontextmanager
    async def taken(self, first: bytes | None = None) -> AsyncIterator[Connection]:
        connection = await self.take(first)
        try:
            yield connection
        finally:
            await self.give_back(connection)

    async def take(self, first: bytes | None = None) -> Connection:
        """Give a connection that was alive a moment ago; whoever takes it gives it back.

        `first` is run on it: a statement that cannot take long, so it is the check as well.
        """
        deadline = time.monotonic() + call_context.get().bound(PATIENCE)
        cancels = _cancels()
        with translated("connect"):
            while True:
                connection = await self._opened().getconn(deadline - time.monotonic())
                if _cancels() > cancels:
                    await self.give_back(connection)
                    raise asyncio.CancelledError
                if await self._is_usable(connection, first, deadline):
                    return connection
                if time.monotonic() > deadline:
                    raise PoolTimeout("no live connection in time")

    async def _is_usable(
        self, connection: Connection, first: bytes | None, deadline: float
    ) -> bool:
        """Whether the connection works; if not, it is given back, closed."""
        if not connection.is_quiet:
            connection.pgconn.finish()
            await self._opened().putconn(connection)
            return False
        is_trusted = time.monotonic() - IDLE < connection.used_at > self._suspected_at
        if is_trusted and first is None:
            return True
        patience = min(FIRST if is_trusted else CHECK, (deadline - time.monotonic()) / 2)
        try:
            async with asyncio.timeout(patience):
                await connection.execute(_CHECK if first is None else first, prepare=False)
        except BaseException as error:
            is_lost = connection.closed
            await self.give_back(connection)
            if isinstance(error, TimeoutError) and not is_trusted:
                # What swallowed this one has swallowed those that are as old.
                await self._opened().drain()
            if not isinstance(error, TimeoutError) and not (is_lost and isinstance(error, Error)):
                raise
            return False
        return True

    async def give_back(self, connection: Connection) -> None:
        """Roll back what is open and give the connection back, even if the caller is cancelled.

        The caller waits no longer than its deadline; what is left is done without it.
        """
        task = self._in_background(self._put_back(self._opened(), connection))
        patience = call_context.get().bound(2 * LAST_WORD)
        for done in (await asyncio.wait({task}, timeout=patience))[0]:
            done.result()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run what outlives its caller; closing the pool waits for it."""
        task = asyncio.create_task(work)
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)
        return task

    def _opened(self) -> AsyncConnectionPool[Connection]:
        if self._pool is None:
            raise DatabaseUnavailable(context={"detail": "The database is not open."})
        return self._pool

    async def _put_back(
        self, pool: AsyncConnectionPool[Connection], connection: Connection
    ) -> None:
        try:
            if connection.was_silent:
                self._suspected_at = time.monotonic()
            if connection.refused_by is not None:
                await self._retire(pool, connection)
            if connection.pgconn.transaction_status != TransactionStatus.IDLE:
                async with asyncio.timeout(LAST_WORD):
                    await connection.rollback()
        except (Error, TimeoutError):
            connection.pgconn.finish()  # The pool makes a new one.
        finally:
            connection.used_at = time.monotonic()
            await pool.putconn(connection)
        self._in_background(connection.end_abandoned())

    async def _retire(self, pool: AsyncConnectionPool[Connection], connection: Connection) -> None:
        """Close a connection that is of no use any more, and those that share its fate."""
        refused_by, connection.refused_by = connection.refused_by or "", None
        meaning = meaning_of(refused_by)
        self.is_read_only |= meaning.error is DatabaseReadOnly
        if meaning.retires and time.monotonic() - connection.made_at > SETTLED:
            connection.pgconn.finish()
            if refused_by == READ_ONLY:
                # After a failover all of them lead to what is a standby now.
                await pool.drain()


def _cancels() -> int:
    """How often the running task was told to stop.

    The pool waits with `asyncio.wait_for`, which before Python 3.12 forgets that it was told so in
    the moment in which a connection comes: the task would go on, and wait for a lock next.
    """
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()
