"""Idempotency records on PostgreSQL."""

from datetime import datetime
from uuid import UUID

from adapters.postgres import sql
from adapters.postgres.connection import Value
from adapters.postgres.rows import utc
from adapters.postgres.transaction import Transaction
from application.ports.idempotency_records import IdempotencyRecord, IdempotencyRecords


class PostgresIdempotencyRecords(IdempotencyRecords):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, digest: bytes, now: datetime) -> IdempotencyRecord | None:
        values: dict[str, Value] = {"digest": digest, "now": now}
        rows = await self._transaction.send("idempotency.find", sql.FIND_RECORD, values, _record)
        return rows[0] if rows else None

    async def claim(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        values: dict[str, Value] = {
            "digest": record.digest,
            "fingerprint": record.fingerprint,
            "user_id": record.user_id,
            "expires_at": record.expires_at,
            "now": now,
        }
        written = await self._transaction.send("idempotency.claim", sql.CLAIM_KEY, values, tuple)
        # A statement of its own, begun after the wait: it sees what the other unit committed.
        return None if written else await self.find(record.digest, now)


def _record(
    digest: bytes, fingerprint: bytes, user_id: UUID, expires_at: datetime
) -> IdempotencyRecord:
    return IdempotencyRecord(
        digest=digest, fingerprint=fingerprint, user_id=user_id, expires_at=utc(expires_at)
    )
