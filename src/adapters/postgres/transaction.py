"""What one unit of work says to its connection, in few round trips."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from psycopg import AsyncCursor
from psycopg.errors import PipelineAborted
from psycopg.pq import TransactionStatus
from psycopg.rows import args_row

from adapters.postgres.connections import Connection, Value, run
from adapters.postgres.errors import translated

T = TypeVar("T")


class Statement(NamedTuple):
    """`operation` is for the log."""

    operation: str
    text: str
    values: Mapping[str, Value] | None


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

    async def run(
        self, operation: str, statement: str, values: Mapping[str, Value], make: Callable[..., T]
    ) -> list[T]:
        """Do what `connections.run` does, after the writes that are held back."""
        if not self._held:
            return await run(self._connection, operation, statement, values, make)
        async with self._connection.cursor(row_factory=args_row(make)) as cursor:
            await self._send(Statement(operation, statement, values), cursor)
            return [] if cursor.description is None else await cursor.fetchall()

    def hold(self, operation: str, statement: str, values: Mapping[str, Value]) -> None:
        """Have a write done with what comes next, the commit at the latest, which then fails."""
        self._held.append(Statement(operation, statement, values))

    async def alone(self) -> Connection:
        """Give the connection itself, when what was held back is done."""
        if self._held:
            last = self._held.pop()
            async with self._connection.cursor() as cursor:
                await self._send(last, cursor)
        return self._connection

    async def commit(self) -> None:
        if not self._held:
            with translated("commit"):
                await self._connection.commit()
            return
        async with self._connection.cursor() as cursor:
            await self._send(Statement("commit", "COMMIT", None), cursor)

    async def _send(self, last: Statement, cursor: AsyncCursor[T]) -> None:
        held, self._held = self._held, []
        names = ", ".join(each.operation for each in (*held, last))
        with translated(names), _told_of_the_first():
            # The server skips what follows an error, the COMMIT too.
            async with self._connection.pipeline():
                for each in held:
                    await self._connection.execute(each.text, each.values)
                await cursor.execute(last.text, last.values, prepare=None if last.values else False)


@contextmanager
def _told_of_the_first() -> Iterator[None]:
    """Raise why a pipeline stopped, where psycopg ends with an error of what came after."""
    try:
        yield
    except PipelineAborted as aborted:
        cause: BaseException = aborted
        while isinstance(cause, PipelineAborted) and cause.__context__ is not None:
            cause = cause.__context__
        raise cause from None
