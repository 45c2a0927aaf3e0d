"""Connection pool of SQLite: one writer, several readers."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import aiosqlite

from adapters.sqlite.errors import translated
from application.context import call_context
from application.errors import DatabaseBusy, DatabaseUnavailable
from application.ports.load import Load

Value = str | bytes | int | None
Row = sqlite3.Row

PATIENCE = 5.0
"""Seconds to wait for the write lock: within the process, and then for other processes."""

LAST_WORD = 0.5
"""Seconds to wait for a rollback; it stands behind what the connection's thread is at."""

READERS = 4
"""At most; each has a thread, and one is enough until several reads take long at once."""

# synchronous=FULL syncs the log at every commit. NORMAL would survive a killed process too, but
# a power failure could undo what was acknowledged. It costs one fsync a commit.
PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA journal_size_limit = 67108864;
"""
TEMPORARY_PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA foreign_keys = ON;
PRAGMA journal_size_limit = 67108864;
"""
_READER_PRAGMAS = "PRAGMA query_only = ON;"


async def run(
    connection: aiosqlite.Connection, operation: str, statement: str, values: Mapping[str, Value]
) -> list[Row]:
    """Run one statement in the connection's thread and give all its rows.

    A cancelled caller stops waiting, but the statement is done all the same, in its order.
    """
    with translated(operation):
        return [*await connection.execute_fetchall(statement, values)]


class Connections:
    """Writers wait for each other in the order they came; in WAL mode readers wait for nobody."""

    def __init__(self, file: Path, readers: int, pragmas: str = PRAGMAS) -> None:
        self.file = file
        self._pragmas = pragmas
        self._limit = max(1, min(readers, READERS))
        self._open: list[aiosqlite.Connection] = []
        self._writer: aiosqlite.Connection | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        self._readers = 0
        self._rollbacks: set[asyncio.Task[None]] = set()
        self._opened_as: tuple[int, int] | None = None

    async def open(self) -> None:
        self._turn, self._idle, self._readers = asyncio.Lock(), asyncio.LifoQueue(), 0
        self._writer = await self._connect(self._pragmas)
        self._opened_as = self._identity()

    async def close(self) -> None:
        self._writer = None
        if self._rollbacks:
            await asyncio.wait(self._rollbacks)
        while self._open:
            await self._open.pop().close()

    def load(self) -> Load:
        """Tell how many connections are at work, the one that writes included."""
        if self._writer is None:
            return Load()
        is_writing = int(self._turn.locked())
        idle = self._idle.qsize() + 1 - is_writing
        return Load(
            active=self._readers + 1 - idle,
            idle=idle,
            waiting=len(self._turn._waiters or ()),  # noqa: SLF001 - it tells nobody else
            limit=self._limit + 1,
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[aiosqlite.Connection]:
        connection = await self._take_reader()
        try:
            yield connection
        finally:
            self._idle.put_nowait(connection)

    async def take_writer(self) -> aiosqlite.Connection:
        """Give the writing connection, for this caller alone until `free_writer`."""
        if self._writer is None:
            raise _not_open()
        try:
            async with asyncio.timeout(call_context.get().bound(PATIENCE)):
                await self._turn.acquire()
        except TimeoutError as error:
            raise DatabaseBusy(
                context={"operation": "begin", "detail": "Other writers did not end in time."}
            ) from error
        try:
            self._check_identity()
        except DatabaseUnavailable:
            self.free_writer()
            raise
        return self._writer

    def free_writer(self) -> None:
        self._turn.release()

    async def roll_back(self, writer: aiosqlite.Connection) -> None:
        """Roll back and free the writer, which comes later than this if it takes long.

        A thread that waits for another process's lock cannot be called off, but its caller can.
        """
        task = asyncio.create_task(self._roll_back(writer))
        self._rollbacks.add(task)
        task.add_done_callback(self._rollbacks.discard)
        for ended in (await asyncio.wait({task}, timeout=LAST_WORD))[0]:
            ended.result()

    async def _roll_back(self, writer: aiosqlite.Connection) -> None:
        try:
            with translated("rollback"):
                await writer.rollback()  # Does nothing outside a transaction.
        finally:
            self.free_writer()

    async def _take_reader(self) -> aiosqlite.Connection:
        if self._writer is None:
            raise _not_open()
        self._check_identity()
        if not self._idle.empty() or self._readers == self._limit:
            return await self._idle.get()
        self._readers += 1
        try:
            return await self._connect(_READER_PRAGMAS)
        except BaseException:
            self._readers -= 1
            raise

    def _check_identity(self) -> None:
        """Raise DatabaseUnavailable when another file, or none, has taken the file's place.

        What is written to the one that is open would be gone with it. It cannot be changed for
        the new one either: its log has the same path (https://sqlite.org/howtocorrupt.html, 2.4).
        """
        if self._identity() != self._opened_as:
            detail = (
                f"{self.file} was replaced or removed while it was in use."
                " Stop the service, put the file in place, and start it."
            )
            raise DatabaseUnavailable(context={"operation": "open", "detail": detail})

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def _connect(self, pragmas: str) -> aiosqlite.Connection:
        with translated("open"):
            # Not in aiosqlite's own thread: one whose connecting failed outlives its error, and
            # prints a traceback if the event loop ends before it.
            connected = await asyncio.to_thread(connect, self.file, pragmas)
            connection = await aiosqlite.Connection(lambda: connected, 64)
        self._open.append(connection)
        return connection


def connect(file: Path, pragmas: str, mode: str = "rw") -> sqlite3.Connection:
    """Connect to a file that exists: a mistyped path must not make an empty database."""
    connection = sqlite3.connect(
        f"file:{quote(str(file))}?mode={mode}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.executescript(pragmas)
    except BaseException:
        connection.close()
        raise
    return connection


def _not_open() -> DatabaseUnavailable:
    return DatabaseUnavailable(context={"detail": "The database is not open."})
