"""Account stream on SQLite."""

from collections.abc import AsyncIterator

from adapters.sqlite import sql
from adapters.sqlite.connections import Connections, Value, run
from adapters.sqlite.errors import translated
from adapters.sqlite.rows import UserRow
from application.ports.account_stream import AccountStream
from domain.user.user import User


class SqliteAccountStream(AccountStream):
    """In WAL mode a transaction that reads sees the file as it was, and holds no writer up."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def pages(self, size: int) -> AsyncIterator[tuple[User, ...]]:
        values: dict[str, Value] = {"after": b"", "limit": size}
        async with self._connections.reading() as connection:
            try:
                await run(connection, "users.stream", sql.BEGIN_READING, {})
                while rows := await run(connection, "users.stream", sql.STREAM, values):
                    yield tuple(UserRow._make(row).user() for row in rows)
                    values["after"] = rows[-1][0]
            finally:
                with translated("users.stream"):
                    await connection.rollback()  # Does nothing outside a transaction.
