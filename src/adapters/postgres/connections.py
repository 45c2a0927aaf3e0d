"""The pool: how connections are made, taken and given back."""

import asyncio
import select
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from psycopg import AsyncConnection, Error
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import CancellationTimeout
from psycopg.pq import TransactionStatus
from psycopg.rows import args_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from adapters.postgres.errors import translated
from application.context import call_context
from application.errors import DatabaseUnavailable
from application.invalid_settings import InvalidSettings
from application.settings import DatabaseSettings

Value = str | bytes | int | bool | UUID | datetime | Sequence[str] | None
T = TypeVar("T")

PATIENCE = 5.0
"""Seconds to wait for a connection of the pool."""

GIVE_UP = 2.0
"""Seconds after which the pool stops trying for one lost connection; the next caller who needs
one makes it try again. Its own 300 s end in pauses of minutes, which outlive the outage."""

LAST_WORD = 1.0
"""Seconds in which a server ends what nobody waits for any more; else the connection is closed."""

_DEFAULTS = {
    "application_name": "armature",
    "connect_timeout": "5",
    # A server that vanished without a word is noticed in a minute, in the middle of a
    # statement in ten seconds.
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""Connection parameters, unless the URL has its own. None is sent to the server as a SET, which
PgBouncer in transaction mode could not keep apart."""


def conninfo_of(url: str) -> str:
    """Read a `postgresql://` URL; raises InvalidSettings, which never repeats the password."""
    try:
        return make_conninfo("", **{**_DEFAULTS, **conninfo_to_dict(url)})
    except Error:
        problem = "DATABASE_URL: this is not a PostgreSQL address (postgresql://user@host/name)."
        raise InvalidSettings((problem,)) from None


class Connection(AsyncConnection):
    """One whose cancelled statements do not hold up their caller when the server is frozen."""

    async def cancel_safe(self, *, timeout: float = LAST_WORD) -> None:  # noqa: ASYNC109 - psycopg's
        # psycopg asks for 5 s here, and then waits 5 s more for the statement to end.
        try:
            await super().cancel_safe(timeout=min(timeout, LAST_WORD))
        except CancellationTimeout:
            self.pgconn.finish()
            raise


async def run(
    connection: Connection,
    operation: str,
    statement: str,
    values: Mapping[str, Value],
    make: Callable[..., T],
    *,
    prepare: bool | None = None,
) -> list[T]:
    """Run one statement and give its rows, each made by `make` from its columns.

    With `prepare` False the server plans it for the values at hand, every time.
    """
    with translated(operation):
        async with connection.cursor(row_factory=args_row(make)) as cursor:
            await cursor.execute(statement, values, prepare=prepare)
            return [] if cursor.description is None else await cursor.fetchall()


class Connections:
    """A pool in autocommit mode: a read is one round trip, a unit of work says BEGIN itself."""

    def __init__(self, url: str, settings: DatabaseSettings) -> None:
        self._conninfo = conninfo_of(url)
        self._sizes = (settings.pool_min, settings.pool_max)
        self._kwargs = {
            "autocommit": True,
            "prepare_threshold": settings.prepare_threshold or None,
        }
        self._pool: AsyncConnectionPool[Connection] | None = None
        self._returning: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._pool = AsyncConnectionPool(
            self._conninfo,
            connection_class=Connection,
            min_size=self._sizes[0],
            max_size=self._sizes[1],
            kwargs=self._kwargs,
            open=False,
            name="armature",
            timeout=PATIENCE,
            reconnect_timeout=GIVE_UP,
        )
        await self._pool.open()

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if self._returning:
            await asyncio.wait(self._returning)
        if pool is not None:
            await pool.close()

    async def connect(self) -> Connection:
        """Make a connection outside the pool, which tells why it cannot be made."""
        with translated("connect"):
            return await Connection.connect(self._conninfo, autocommit=True, prepare_threshold=None)

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[Connection]:
        connection = await self.take()
        try:
            yield connection
        finally:
            await self.give_back(connection)

    async def take(self) -> Connection:
        """Give a connection that was alive a moment ago; whoever takes it gives it back."""
        deadline = time.monotonic() + call_context.get().bound(PATIENCE)
        cancels = _cancels()
        with translated("connect"):
            while True:
                connection = await self._opened().getconn(deadline - time.monotonic())
                if _cancels() > cancels:
                    await self.give_back(connection)
                    raise asyncio.CancelledError
                if _is_quiet(connection):
                    return connection
                connection.pgconn.finish()
                await self._opened().putconn(connection)
                if time.monotonic() > deadline:
                    raise PoolTimeout("no live connection in time")

    async def give_back(self, connection: Connection) -> None:
        """Roll back what is open and give the connection back, even if the caller is cancelled."""
        task = asyncio.create_task(self._put_back(self._opened(), connection))
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)
        await asyncio.shield(task)

    def _opened(self) -> AsyncConnectionPool[Connection]:
        if self._pool is None:
            raise DatabaseUnavailable(context={"detail": "The database is not open."})
        return self._pool

    @staticmethod
    async def _put_back(pool: AsyncConnectionPool[Connection], connection: Connection) -> None:
        try:
            if connection.pgconn.transaction_status != TransactionStatus.IDLE:
                async with asyncio.timeout(LAST_WORD):
                    await connection.rollback()
        except (Error, TimeoutError):
            connection.pgconn.finish()  # The pool makes a new one.
        finally:
            await pool.putconn(connection)


def _cancels() -> int:
    """How often the running task was told to stop.

    The pool waits with `asyncio.wait_for`, which before Python 3.12 forgets that it was told so in
    the moment in which a connection comes: the task would go on, and wait for a lock next.
    """
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


def _is_quiet(connection: Connection) -> bool:
    """Whether the server said nothing while nobody asked: its last words are why it closed.

    This costs a system call, and no round trip as a test query would.
    """
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
