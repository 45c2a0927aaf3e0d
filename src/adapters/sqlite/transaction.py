"""Batched transaction: few hand-overs to the connection's thread for a unit of work."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import aiosqlite

from adapters.sqlite import sql
from adapters.sqlite.connections import Row, Value
from adapters.sqlite.errors import translated
from application.errors import DatabaseFailure


class Statement(NamedTuple):
    """One statement, run once for each of `every`; `operation` is for the log."""

    operation: str
    text: str
    every: Sequence[Mapping[str, Value]]


class Transaction:
    """Begins with the first statement, and holds back writes that give nothing until the next.

    The connection lives in a thread. To hand it a statement and be woken by its answer costs more
    than most statements do, and most of all while other threads hash. What belongs together goes
    there at once, in its order.

    After an error of what was sent along, nothing but leaving is possible.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._held = [Statement("begin", sql.BEGIN, ({},))]
        self._is_broken = False
        self.is_begun = False

    async def send(
        self, operation: str, statement: str, *every: Mapping[str, Value]
    ) -> Sequence[Row]:
        """Run one statement, after those that are held back, and give its rows.

        A cancelled caller stops waiting, but the statement is done all the same, in its order.
        """
        if self._is_broken:
            raise DatabaseFailure(context={"operation": operation, "kind": "failed before"})
        held, self._held, self.is_begun = self._held, [], True
        try:
            with translated(operation):  # What aiosqlite says of a connection that is closed.
                return await _played(
                    self._connection, [*held, Statement(operation, statement, every)]
                )
        except Exception:
            self._is_broken = bool(held)
            raise

    def queue(self, operation: str, statement: str, *every: Mapping[str, Value]) -> None:
        """Have a write done with what comes next, the commit at the latest, which then fails."""
        self._held.append(Statement(operation, statement, every))

    async def commit(self) -> None:
        if self.is_begun or len(self._held) > 1:
            await self.send("commit", sql.COMMIT, {})


async def _played(
    connection: aiosqlite.Connection, statements: Sequence[Statement]
) -> Sequence[Row]:
    # aiosqlite has a public method for each thing to do, and none for several at once.
    hand_over: Callable[..., Awaitable[Sequence[Row]]] = connection._execute  # noqa: SLF001
    return await hand_over(_play, connection._conn, statements)  # noqa: SLF001


def _play(connection: sqlite3.Connection, statements: Sequence[Statement]) -> Sequence[Row]:
    """Run them in the connection's thread, and give the rows of the last."""
    rows: Sequence[Row] = ()
    for operation, text, every in statements:
        with translated(operation):
            if len(every) == 1:
                rows = connection.execute(text, every[0]).fetchall()
            else:
                connection.executemany(text, every)
    return rows
