"""SQLite as a driver of the SQL database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from adapters.sql.database import SqlDatabase
from adapters.sql.dialect import Call
from adapters.sql.driver import Driver, Read
from adapters.sql.mapping import Row
from adapters.sqlite.connections import Connections, run
from adapters.sqlite.dialect import SQLITE
from adapters.sqlite.errors import translated
from adapters.sqlite.location import check_file, file_of
from adapters.sqlite.schema import check_schema
from adapters.sqlite.transaction import SqliteTransaction
from application.ports.load import Load
from application.settings import Settings


class SqliteDriver(Driver):
    """Its file is there and migrated when it opens; `make_folder` makes its folder if need be."""

    dialect = SQLITE

    def __init__(self, connections: Connections, *, make_folder: bool = False) -> None:
        self._connections = connections
        self._make_folder = make_folder

    async def open(self) -> None:
        check_file(self._connections.file, make_folder=self._make_folder)
        try:
            await self._connections.open()
            await self.check()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        await self._connections.close()

    def load(self) -> Load:
        return self._connections.load()

    async def check(self) -> None:
        async with self._connections.reading() as connection:
            await check_schema(connection)

    async def read(self, call: Call) -> Sequence[Row]:
        async with self._connections.reading() as connection:
            return await run(connection, call.operation, call.text, call.every[0])

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Read]:
        """In WAL mode a transaction that reads sees the file as it was, and holds no writer up."""
        async with self._connections.reading() as connection:

            async def read(call: Call) -> Sequence[Row]:
                return await run(connection, call.operation, call.text, call.every[0])

            try:
                await run(connection, "snapshot", "BEGIN DEFERRED", {})
                yield read
            finally:
                with translated("snapshot"):
                    await connection.rollback()  # Does nothing outside a transaction.

    async def begin(self) -> SqliteTransaction:
        """Take this process's turn to write; the file is locked with the first statement."""
        return SqliteTransaction(self._connections, await self._connections.take_writer())


def create(url: str, settings: Settings) -> SqlDatabase:
    """Build the database of `sqlite:///relative/path` or `sqlite:////absolute/path`, unopened."""
    connections = Connections(file_of(url), settings.database.pool_max)
    return SqlDatabase(SqliteDriver(connections, make_folder=settings.database.is_default))
