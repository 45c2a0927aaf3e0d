"""Pipelined transaction: few round trips for a unit of work."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from psycopg import AsyncCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import args_row

from adapters.postgres.connection import Connection, Value, run
from adapters.postgres.errors import translated

T = TypeVar("T")
U = TypeVar("U")


Named = Mapping[str, Value]


class Statement(NamedTuple):
    """`operation` is for the log."""

    operation: str
    text: str
    values: Named | None


class Transaction:
    """Holds back writes that give nothing, and sends them in a pipeline with what comes next.

    A lock that was taken is held through every round trip until the commit, and the other
    machine may be half a millisecond away.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held: list[Statement] = []

    @property
    def has_failed(self) -> bool:
        """Whether the server refuses all that may follow, since a statement failed."""
        return self._connection.pgconn.transaction_status == TransactionStatus.INERROR

    async def send(
        self, operation: str, statement: str, values: Named, make: Callable[..., T]
    ) -> list[T]:
        """Do what `connections.run` does, after the writes that are held back."""
        if not self._held:
            return await run(self._connection, operation, statement, values, make)
        (rows,) = await self._pipelined((Statement(operation, statement, values), make))
        return rows

    async def send_both(
        self,
        operation: str,
        statement: str,
        values: Named,
        makes: tuple[Callable[..., T], Callable[..., U]],
        *,
        then: str,
    ) -> tuple[list[T], list[U]]:
        """Run two statements with the same values, each with what makes its rows.

        The second sees what was committed before it began, which is when the first was done.
        """
        of_first, of_second = await self._pipelined(
            (Statement(operation, statement, values), makes[0]),
            (Statement(operation, then, values), makes[1]),
        )
        return of_first, of_second

    def queue(self, operation: str, statement: str, values: Named) -> None:
        """Have a write done with what comes next, the commit at the latest, which then fails."""
        self._held.append(Statement(operation, statement, values))

    async def alone(self) -> Connection:
        """Give the connection itself, when what was held back is done."""
        if self._held:
            await self._pipelined()
        return self._connection

    async def commit(self) -> None:
        if self._held:
            await self._pipelined((Statement("commit", "COMMIT", None), tuple))
            return
        with translated("commit"):
            await self._connection.commit()

    async def _pipelined(self, *asked: tuple[Statement, Callable[..., Any]]) -> list[list[Any]]:
        """Send what was held back and then `asked`, and give the rows of each of these."""
        held, self._held = self._held, []
        names = dict.fromkeys(each.operation for each in (*held, *(each for each, _ in asked)))
        with translated(", ".join(names)):
            # The server skips what follows an error, the COMMIT too.
            async with self._connection.pipeline():
                for each in held:
                    await self._connection.execute(each.text, each.values)
                cursors = [await self._queued(each, make) for each, make in asked]
            return [[] if each.description is None else await each.fetchall() for each in cursors]

    async def _queued(self, each: Statement, make: Callable[..., T]) -> AsyncCursor[T]:
        cursor = self._connection.cursor(row_factory=args_row(make))
        return await cursor.execute(each.text, each.values, prepare=None if each.values else False)
