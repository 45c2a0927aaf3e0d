"""Transactions on SQLite."""

from types import TracebackType
from typing import Self

import aiosqlite

from adapters.sqlite import sql
from adapters.sqlite.audit import SqliteAuditTrail
from adapters.sqlite.connections import Connections, run
from adapters.sqlite.expired import SqliteExpiredRecords
from adapters.sqlite.idempotency import SqliteIdempotencyRecords
from adapters.sqlite.sessions import SqliteSessionRepository
from adapters.sqlite.users import SqliteUserRepository
from application.ports.unit_of_work import UnitOfWork


class SqliteUnitOfWork(UnitOfWork):
    """Takes SQLite's write lock on entering: a read that came first could not be upgraded.

    Statements of the connection run in the order they were sent, also those whose caller was
    cancelled. So a rollback that was sent is a rollback that happens before the next unit.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._connection: aiosqlite.Connection | None = None

    @property
    def users(self) -> SqliteUserRepository:
        return SqliteUserRepository(self._entered())

    @property
    def sessions(self) -> SqliteSessionRepository:
        return SqliteSessionRepository(self._entered())

    @property
    def idempotency(self) -> SqliteIdempotencyRecords:
        return SqliteIdempotencyRecords(self._entered())

    @property
    def audit(self) -> SqliteAuditTrail:
        return SqliteAuditTrail(self._entered())

    @property
    def expired(self) -> SqliteExpiredRecords:
        return SqliteExpiredRecords(self._entered())

    async def __aenter__(self) -> Self:
        connection = await self._connections.take_writer()
        try:
            await run(connection, "begin", sql.BEGIN, {})
        except BaseException:
            await self._connections.roll_back(connection)
            raise
        self._connection = connection
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is None:  # Committed: there is nothing to roll back.
            self._connections.free_writer()
        else:
            await self._connections.roll_back(connection)

    async def commit(self) -> None:
        await run(self._entered(), "commit", sql.COMMIT, {})
        self._connection = None

    def _entered(self) -> aiosqlite.Connection:
        if self._connection is None:
            raise RuntimeError("This unit of work is not entered, or is over.")
        return self._connection
