"""Purge of expired records on SQLite."""

from adapters.sqlite import expired_sql as sql
from adapters.sqlite.connections import Connections, Value, run
from adapters.sqlite.rows import to_micros
from adapters.sqlite.transaction import Transaction
from application.maintenance.expiry import Amounts, Expiry
from application.ports.expired_reader import ExpiredReader
from application.ports.expired_records import ExpiredRecords


class SqliteExpiredRecords(ExpiredRecords):
    """The unit holds the lock of the whole file, so there is nothing to wait for."""

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
        return len(await self._transaction.send("expired.remove", statement, values))


class SqliteExpiredReader(ExpiredReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def count(self, expiry: Expiry) -> Amounts:
        values = _values(expiry)
        async with self._connections.reading() as connection:

            async def count(statement: str) -> int:
                return int((await run(connection, "expired.count", statement, values))[0][0])

            return Amounts(
                refresh_tokens=await count(sql.COUNT_TOKENS),
                sessions=await count(sql.COUNT_SESSIONS),
                idempotency_records=await count(sql.COUNT_RECORDS),
                audit_entries=await count(sql.COUNT_ENTRIES),
            )


def _values(expiry: Expiry) -> dict[str, Value]:
    return {
        "now": to_micros(expiry.now),
        "superseded": to_micros(expiry.now - expiry.grace),
        "audit_before": to_micros(expiry.audit_before),
    }
