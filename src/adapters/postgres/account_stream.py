"""Account stream on PostgreSQL."""

from collections.abc import AsyncIterator
from uuid import UUID

from adapters.postgres import sql
from adapters.postgres.connection import Value, run
from adapters.postgres.connections import Connections
from adapters.postgres.rows import UserRow
from application.ports.account_stream import AccountStream
from domain.user.user import User

_BEFORE_ALL = UUID(int=0)
_BEGIN = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""All statements of the transaction see what was committed before the first."""


class PostgresAccountStream(AccountStream):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def pages(self, size: int) -> AsyncIterator[tuple[User, ...]]:
        values: dict[str, Value] = {"after": _BEFORE_ALL, "limit": size}
        # Whoever gives the connection back rolls back what is open.
        async with self._connections.taken(_BEGIN) as connection:
            while rows := await run(connection, "users.stream", sql.STREAM, values, UserRow):
                yield tuple(row.user() for row in rows)
                values["after"] = rows[-1].id
