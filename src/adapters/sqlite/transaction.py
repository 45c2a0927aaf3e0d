"""Batched transaction: few hand-overs to the connection's thread for a unit of work."""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence

import aiosqlite

from adapters.sql.dialect import Call
from adapters.sql.driver import Transaction
from adapters.sql.mapping import Row
from adapters.sqlite.connections import Connections
from adapters.sqlite.errors import translated
from application.errors import DatabaseFailure

# IMMEDIATE takes the write lock first of all: a read that came before could not be upgraded.
_BEGIN = Call("begin", "BEGIN IMMEDIATE", ({},))
_COMMIT = Call("commit", "COMMIT", ({},))


class SqliteTransaction(Transaction):
    """Begins with the first statement, and holds back what is queued until the next.

    The connection lives in a thread. To hand it a statement and be woken by its answer costs more
    than most statements do, and most of all while other threads hash. What belongs together goes
    there at once, in its order. A cancelled caller stops waiting, but what was sent is done all
    the same: so a rollback that was sent happens before the next unit.
    """

    def __init__(self, connections: Connections, writer: aiosqlite.Connection) -> None:
        self._connections = connections
        self._writer = writer
        self._queued = [_BEGIN]
        self._is_begun = False
        self._is_broken = False

    async def run(self, *calls: Call) -> Sequence[Sequence[Row]]:
        if self._is_broken:
            raise DatabaseFailure(
                context={"operation": calls[0].operation, "kind": "failed before"}
            )
        queued, self._queued, self._is_begun = self._queued, [], True
        try:
            with translated(calls[0].operation):  # What aiosqlite says of a closed connection.
                return await _played(self._writer, queued, calls)
        except Exception:
            self._is_broken = bool(queued) or len(calls) > 1
            raise

    def queue(self, call: Call) -> None:
        self._queued.append(call)

    async def insert_new(self, call: Call, table: str) -> Sequence[Row]:  # noqa: ARG002 - its text names the table
        every = [call._replace(every=(values,)) for values in call.every]
        return [row for rows in await self.run(*every) for row in rows]

    async def commit(self) -> None:
        if self._is_begun or len(self._queued) > 1:
            await self.run(_COMMIT)
        self._is_begun = False

    async def close(self) -> None:
        if self._is_begun:
            await self._connections.roll_back(self._writer)
        else:  # Committed, or never begun: there is nothing to roll back.
            self._connections.free_writer()


async def _played(
    connection: aiosqlite.Connection, queued: Sequence[Call], calls: Sequence[Call]
) -> Sequence[Sequence[Row]]:
    # aiosqlite has a public method for each thing to do, and none for several at once.
    hand_over: Callable[..., Awaitable[Sequence[Sequence[Row]]]] = connection._execute  # noqa: SLF001
    return await hand_over(_play, connection._conn, queued, calls)  # noqa: SLF001


def _play(
    connection: sqlite3.Connection, queued: Sequence[Call], calls: Sequence[Call]
) -> Sequence[Sequence[Row]]:
    """Run them in the connection's thread, and give the rows of each of `calls`."""
    for call in queued:
        with translated(call.operation):
            if len(call.every) == 1:
                connection.execute(call.text, call.every[0])
            else:
                connection.executemany(call.text, call.every)
    found = []
    for call in calls:
        with translated(call.operation):
            found.append(connection.execute(call.text, call.every[0]).fetchall())
    return found
