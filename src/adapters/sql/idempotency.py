"""Idempotency records in SQL."""

from datetime import datetime

from adapters.sql.dialect import Query
from adapters.sql.executor import TransactionExecutor
from adapters.sql.mapping import Mapper, Scalar
from application.ports.idempotency_records import IdempotencyRecord, IdempotencyRecords

RECORD = Mapper(IdempotencyRecord)

FIND_RECORD = Query(
    "idempotency.find",
    "SELECT {row} FROM idempotency_records WHERE digest = :digest AND expires_at > :now",
    RECORD,
)
# Waits for whoever claims the key at this moment. Gives no row when there is a record that has not
# expired, but locks that too: it stays until this transaction ends.
CLAIM_KEY = Query(
    "idempotency.claim",
    """
    INSERT INTO idempotency_records ({columns}) VALUES ({values})
    ON CONFLICT (digest) DO UPDATE
    SET fingerprint = excluded.fingerprint, user_id = excluded.user_id,
        expires_at = excluded.expires_at
    WHERE idempotency_records.expires_at <= :now
    RETURNING digest
    """,
    Scalar(bytes),
    entity=RECORD,
)


class SqlIdempotencyRecords(IdempotencyRecords):
    def __init__(self, executor: TransactionExecutor) -> None:
        self._executor = executor

    async def find(self, digest: bytes, now: datetime) -> IdempotencyRecord | None:
        return await self._executor.one(FIND_RECORD, digest=digest, now=now)

    async def claim(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        if await self._executor.all(CLAIM_KEY, **RECORD.values(record), now=now):
            return None
        # A statement of its own, begun after the wait: it sees what the other unit committed.
        return await self.find(record.digest, now)
