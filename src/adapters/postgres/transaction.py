"""Pipelined transaction: few round trips for a unit of work."""

import asyncio
import math
from collections.abc import Sequence
from typing import Final

from psycopg import AsyncCursor, sql
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from adapters.postgres.connection import Connection
from adapters.postgres.connections import Connections
from adapters.postgres.errors import translated
from adapters.sql.dialect import Call
from adapters.sql.driver import Transaction
from adapters.sql.mapping import Row
from application.context import call_context
from application.errors import DatabaseFailure, DatabaseUnavailable

# One message. LOCAL, since behind PgBouncer the next transaction of the server's session is
# somebody else's. The limits end what a hung process, or a connection that was dropped in silence,
# would hold up for everybody: its locks outlive the caller's deadline by a moment only.
_BEGIN: Final = """
BEGIN ISOLATION LEVEL READ COMMITTED;
SET LOCAL lock_timeout = '5s';
SET LOCAL idle_in_transaction_session_timeout = {milliseconds:d};
SET LOCAL statement_timeout = {milliseconds:d}
"""

# What ends a pipeline of which the network dropped a part: neither idle nor a statement.
_TRANSACTION_TIMEOUT: Final = "; SET LOCAL transaction_timeout = {milliseconds:d}"
_HAS_TRANSACTION_TIMEOUT: Final = 170000
_AFTERWARDS: Final = 1.0
"""Seconds that a transaction may last beyond its caller's deadline: a commit may begin there."""

_LONGEST: Final = 30.0
"""Seconds for one statement where the caller has no deadline."""

_SHORTEST: Final = 0.05
"""Seconds for a commit that begins at the deadline, and by which any other ends before it."""

_COMMIT: Final = Call("commit", "COMMIT", ())


async def begin(connections: Connections) -> "PostgresTransaction":
    """Give no statement, and no pause between two, longer than its caller waits.

    Nor the whole, where the caller has a deadline and the server knows how (PostgreSQL 17).
    """
    context = call_context.get()
    seconds = context.bound(_LONGEST)
    statement = _BEGIN.format(milliseconds=_milliseconds(seconds))
    if context.deadline is not None and connections.server_version >= _HAS_TRANSACTION_TIMEOUT:
        limit = _milliseconds(seconds + _AFTERWARDS)
        statement += _TRANSACTION_TIMEOUT.format(milliseconds=limit)
    return PostgresTransaction(connections, await connections.take(statement.encode()))


def _milliseconds(seconds: float) -> int:
    """Round up: 0 would mean forever."""
    return max(1, math.ceil(seconds * 1000))


class PostgresTransaction(Transaction):
    """Holds back what is queued, and sends it in a pipeline with what comes next."""

    def __init__(self, connections: Connections, connection: Connection) -> None:
        self._connections = connections
        self._connection = connection
        self._queued: list[Call] = []

    async def run(self, *calls: Call) -> Sequence[Sequence[Row]]:
        queued, self._queued = self._queued, []
        names = dict.fromkeys(call.operation for call in (*queued, *calls))
        with translated(", ".join(names)):
            if not queued and len(calls) == 1:
                cursor = await self._execute(calls[0])
                return [await _rows(cursor)]
            # The server skips what follows an error, the COMMIT too.
            async with self._connection.pipeline():
                for call in queued:
                    await self._execute(call)
                cursors = [await self._execute(call) for call in calls]
            return [await _rows(cursor) for cursor in cursors]

    def queue(self, call: Call) -> None:
        self._queued.append(call)

    async def insert_new(self, call: Call, table: str) -> Sequence[Row]:
        """Copy the rows into a temporary table like `table`, from which the statement inserts."""
        if self._queued:
            await self.run()
        columns = [*call.every[0]]
        make = sql.SQL("CREATE TEMPORARY TABLE incoming (LIKE {}) ON COMMIT DROP")
        copy_in = sql.SQL("COPY pg_temp.incoming ({}) FROM STDIN")
        with translated(call.operation):
            async with self._connection.cursor() as cursor:
                await cursor.execute(make.format(sql.Identifier(table)))
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                async with cursor.copy(copy_in.format(names)) as copy:
                    for values in call.every:
                        await copy.write_row([*values.values()])
                # Planned for the table of this moment, which the next batch has not.
                await cursor.execute(call.text, prepare=False)
                rows = await cursor.fetchall()
                await cursor.execute("DROP TABLE pg_temp.incoming")
        return rows

    async def commit(self) -> None:
        """Commit, and wait for the answer as long as the caller does.

        Nothing cancels a commit, so without a limit one to a frozen server would be waited for
        until it thaws. It ends just before the deadline, so that its caller learns that the
        outcome is unknown.
        """
        if self._connection.pgconn.transaction_status == TransactionStatus.INERROR:
            # PostgreSQL would answer this COMMIT with a rollback, and no error.
            raise DatabaseFailure(context={"operation": "commit", "kind": "failed before"})
        seconds = max(_SHORTEST, call_context.get().bound(_LONGEST) - _SHORTEST)
        try:
            async with asyncio.timeout(seconds):
                await self.run(_COMMIT)
        except TimeoutError as error:
            raise DatabaseUnavailable(
                context={"operation": "commit", "error": "no answer"}
            ) from error

    async def close(self) -> None:
        await self._connections.give_back(self._connection)

    async def _execute(self, call: Call) -> AsyncCursor[TupleRow]:
        cursor = self._connection.cursor()
        if len(call.every) > 1:
            await cursor.executemany(call.text, call.every)
            return cursor
        values = call.every[0] if call.every else None
        prepare = None if values and not call.plan_anew else False
        return await cursor.execute(call.text, values, prepare=prepare)


async def _rows(cursor: AsyncCursor[TupleRow]) -> Sequence[Row]:
    return [] if cursor.description is None else await cursor.fetchall()
