"""Unit of work on SQLite."""

from types import TracebackType
from typing import Self

import aiosqlite

from adapters.sqlite.audit import SqliteAuditTrail
from adapters.sqlite.connections import Connections
from adapters.sqlite.expired import SqliteExpiredRecords
from adapters.sqlite.idempotency import SqliteIdempotencyRecords
from adapters.sqlite.sessions import SqliteSessionRepository
from adapters.sqlite.transaction import Transaction
from adapters.sqlite.users import SqliteUserRepository
from application.ports.unit_of_work import UnitOfWork


class SqliteUnitOfWork(UnitOfWork):
    """Takes SQLite's write lock first of all: a read that came before could not be upgraded.

    Within this process that is on entering, and from others with the first statement.

    Statements of the connection run in the order they were sent, also those whose caller was
    cancelled. So a rollback that was sent is a rollback that happens before the next unit.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._writer: aiosqlite.Connection | None = None
        self._transaction: Transaction | None = None

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
        self._writer = await self._connections.take_writer()
        self._transaction = Transaction(self._writer)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        writer, self._writer = self._writer, None
        transaction, self._transaction = self._transaction, None
        if writer is not None and transaction is not None and transaction.is_begun:
            await self._connections.roll_back(writer)
        else:  # Committed, or never begun: there is nothing to roll back.
            self._connections.free_writer()

    async def commit(self) -> None:
        await self._entered().commit()
        self._transaction = None

    def _entered(self) -> Transaction:
        if self._transaction is None:
            raise RuntimeError("This unit of work is not entered, or is over.")
        return self._transaction
