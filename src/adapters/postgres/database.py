"""PostgreSQL as a driver of the SQL database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from adapters.postgres.connection import run
from adapters.postgres.connections import Connections
from adapters.postgres.dialect import POSTGRESQL
from adapters.postgres.errors import READ_ONLY
from adapters.postgres.schema import check_encoding, check_schema
from adapters.postgres.transaction import PostgresTransaction, begin
from adapters.sql.database import SqlDatabase
from adapters.sql.dialect import Call
from adapters.sql.driver import Driver, Read
from adapters.sql.mapping import Row
from application.errors import DatabaseReadOnly
from application.ports.load import Load
from application.settings import Settings

_BEGIN_SNAPSHOT = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""All statements of the transaction see what was committed before the first."""


class PostgresDriver(Driver):
    """Opens only on a server that answers and a schema that is migrated."""

    dialect = POSTGRESQL

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def open(self) -> None:
        # Outside the pool, which would wait its full time and not say what is wrong.
        async with await self._connections.connect() as connection:
            check_encoding(connection)
            await check_schema(connection)
        await self._connections.open()

    async def close(self) -> None:
        await self._connections.close()

    def load(self) -> Load:
        return self._connections.load()

    async def check(self) -> None:
        # A connection that was made before a failover leads to what is a standby now.
        if not await self._takes_writes() and not await self._takes_writes():
            raise DatabaseReadOnly(
                context={"operation": "check", "detail": "The server takes no writes."}
            )

    async def read(self, call: Call) -> Sequence[Row]:
        return await self._connections.read(call)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Read]:
        # Whoever gives the connection back rolls back what is open.
        async with self._connections.taken(_BEGIN_SNAPSHOT) as connection:

            async def read(call: Call) -> Sequence[Row]:
                return await run(connection, call.operation, call.text, call.every[0])

            yield read

    async def begin(self) -> PostgresTransaction:
        return await begin(self._connections)

    async def _takes_writes(self) -> bool:
        async with self._connections.taken() as connection:
            takes_writes = await check_schema(connection)
            if not takes_writes:
                connection.refused_by = READ_ONLY
        self._connections.is_read_only = not takes_writes
        return takes_writes


def create(url: str, settings: Settings) -> SqlDatabase:
    """Build the database of a `postgresql://` URL (libpq's form and options), unopened."""
    return SqlDatabase(PostgresDriver(Connections(url, settings.database)))
