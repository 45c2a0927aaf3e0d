"""Unit of work on PostgreSQL."""

import asyncio
import math
from types import TracebackType
from typing import Self

from adapters.postgres.audit import PostgresAuditTrail
from adapters.postgres.connection import Connection
from adapters.postgres.connections import Connections
from adapters.postgres.expired import PostgresExpiredRecords
from adapters.postgres.idempotency import PostgresIdempotencyRecords
from adapters.postgres.sessions import PostgresSessionRepository
from adapters.postgres.transaction import Transaction
from adapters.postgres.users import PostgresUserRepository
from application.context import call_context
from application.errors import DatabaseFailure, DatabaseUnavailable
from application.ports.unit_of_work import UnitOfWork

# One message. LOCAL, since behind PgBouncer the next transaction of the server's session is
# somebody else's. The limits end what a hung process, or a connection that was dropped in silence,
# would hold up for everybody: its locks outlive the caller's deadline by a moment only.
_BEGIN = """
BEGIN ISOLATION LEVEL READ COMMITTED;
SET LOCAL lock_timeout = '5s';
SET LOCAL idle_in_transaction_session_timeout = {milliseconds:d};
SET LOCAL statement_timeout = {milliseconds:d}
"""

# What ends a pipeline of which the network dropped a part: neither idle nor a statement.
_TRANSACTION_TIMEOUT = "; SET LOCAL transaction_timeout = {milliseconds:d}"
_HAS_TRANSACTION_TIMEOUT = 170000
_AFTERWARDS = 1.0
"""Seconds that a transaction may last beyond its caller's deadline: a commit may begin there."""

_LONGEST = 30.0
"""Seconds for one statement where the caller has no deadline."""

_SHORTEST = 0.05
"""Seconds for a commit that begins at the deadline, and by which any other ends before it."""


class PostgresUnitOfWork(UnitOfWork):
    """Locks rows as they are got; a statement sees what was committed before it began.

    After an error of the database nothing but leaving is possible.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._connection: Connection | None = None
        self._transaction: Transaction | None = None

    @property
    def users(self) -> PostgresUserRepository:
        return PostgresUserRepository(self._entered())

    @property
    def sessions(self) -> PostgresSessionRepository:
        return PostgresSessionRepository(self._entered())

    @property
    def idempotency(self) -> PostgresIdempotencyRecords:
        return PostgresIdempotencyRecords(self._entered())

    @property
    def audit(self) -> PostgresAuditTrail:
        return PostgresAuditTrail(self._entered())

    @property
    def expired(self) -> PostgresExpiredRecords:
        return PostgresExpiredRecords(self._entered())

    async def __aenter__(self) -> Self:
        self._connection = await self._connections.take(_begin(self._connections.server_version))
        self._transaction = Transaction(self._connection)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connection, self._connection, self._transaction = self._connection, None, None
        if connection is not None:
            await self._connections.give_back(connection)

    async def commit(self) -> None:
        transaction = self._entered()
        if transaction.has_failed:
            # PostgreSQL would answer this COMMIT with a rollback, and no error.
            raise DatabaseFailure(context={"operation": "commit", "kind": "failed before"})
        await _commit(transaction)
        self._transaction = None

    def _entered(self) -> Transaction:
        if self._transaction is None:
            raise RuntimeError("This unit of work is not entered, or is over.")
        return self._transaction


async def _commit(transaction: Transaction) -> None:
    """Commit, and wait for the answer as long as the caller does.

    Nothing cancels a commit, so without a limit one to a frozen server would be waited for until
    it thaws. It ends just before the deadline, so that its caller is told what is not known.
    """
    try:
        async with asyncio.timeout(max(_SHORTEST, call_context.get().bound(_LONGEST) - _SHORTEST)):
            await transaction.commit()
    except TimeoutError as error:
        raise DatabaseUnavailable(context={"operation": "commit", "error": "no answer"}) from error


def _begin(server_version: int) -> bytes:
    """Give no statement, and no pause between two, longer than its caller waits.

    Nor the whole, where the caller has a deadline and the server knows how (PostgreSQL 17).
    """
    context = call_context.get()
    seconds = context.bound(_LONGEST)
    begin = _BEGIN.format(milliseconds=_milliseconds(seconds))
    if context.deadline is not None and server_version >= _HAS_TRANSACTION_TIMEOUT:
        begin += _TRANSACTION_TIMEOUT.format(milliseconds=_milliseconds(seconds + _AFTERWARDS))
    return begin.encode()


def _milliseconds(seconds: float) -> int:
    """Round up: 0 would mean forever."""
    return max(1, math.ceil(seconds * 1000))
