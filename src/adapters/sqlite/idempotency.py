"""Idempotency records on SQLite."""

from datetime import datetime
from uuid import UUID

from adapters.sqlite import sql
from adapters.sqlite.connections import Row, Value
from adapters.sqlite.rows import from_micros, to_micros
from adapters.sqlite.transaction import Transaction
from application.ports.idempotency_records import IdempotencyRecord, IdempotencyRecords


class SqliteIdempotencyRecords(IdempotencyRecords):
    """The unit holds the lock of the whole file, so nobody else claims anything meanwhile."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, digest: bytes, now: datetime) -> IdempotencyRecord | None:
        values: dict[str, Value] = {"digest": digest, "now": to_micros(now)}
        rows = await self._transaction.send("idempotency.find", sql.FIND_RECORD, values)
        return _record(rows[0]) if rows else None

    async def claim(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        values: dict[str, Value] = {
            "digest": record.digest,
            "fingerprint": record.fingerprint,
            "user_id": record.user_id.bytes,
            "expires_at": to_micros(record.expires_at),
            "now": to_micros(now),
        }
        written = await self._transaction.send("idempotency.claim", sql.CLAIM_KEY, values)
        return None if written else await self.find(record.digest, now)


def _record(row: Row) -> IdempotencyRecord:
    digest, fingerprint, user_id, expires_at = row
    return IdempotencyRecord(
        digest=digest,
        fingerprint=fingerprint,
        user_id=UUID(bytes=user_id),
        expires_at=from_micros(expires_at),
    )
