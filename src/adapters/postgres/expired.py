"""Purge of expired records on PostgreSQL."""

from adapters.postgres import expired_sql as sql
from adapters.postgres.connection import Value
from adapters.postgres.connections import Connections
from adapters.postgres.errors import translated
from adapters.postgres.transaction import Transaction
from application.maintenance.expiry import Amounts, Expiry
from application.ports.expired_reader import ExpiredReader
from application.ports.expired_records import ExpiredRecords


class PostgresExpiredRecords(ExpiredRecords):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def remove(self, expiry: Expiry, at_most: int) -> Amounts:
        values = _values(expiry) | {"limit": at_most}
        tokens = await self._remove(sql.REMOVE_TOKENS, values)
        # While there are more tokens to go, sessions without any would have to be searched for.
        is_last = tokens < at_most
        return Amounts(
            refresh_tokens=tokens,
            sessions=await self._remove(sql.REMOVE_SESSIONS, values) if is_last else 0,
            idempotency_records=await self._remove(sql.REMOVE_RECORDS, values),
            audit_entries=await self._remove(sql.REMOVE_ENTRIES, values),
        )

    async def _remove(self, statement: str, values: dict[str, Value]) -> int:
        connection = await self._transaction.alone()
        with translated("expired.remove"):
            return (await connection.execute(statement, values)).rowcount


class PostgresExpiredReader(ExpiredReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def count(self, expiry: Expiry) -> Amounts:
        values = _values(expiry)

        async def count(statement: str) -> int:
            return (await self._connections.read("expired.count", statement, values, int))[0]

        return Amounts(
            refresh_tokens=await count(sql.COUNT_TOKENS),
            sessions=await count(sql.COUNT_SESSIONS),
            idempotency_records=await count(sql.COUNT_RECORDS),
            audit_entries=await count(sql.COUNT_ENTRIES),
        )


def _values(expiry: Expiry) -> dict[str, Value]:
    return {
        "now": expiry.now,
        "superseded": expiry.now - expiry.grace,
        "audit_before": expiry.audit_before,
    }
