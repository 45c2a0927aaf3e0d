"""In-memory idempotency records."""

from datetime import datetime

from adapters.memory.store import Changes, Store
from application.ports.idempotency_records import IdempotencyRecord, IdempotencyRecords


class MemoryIdempotencyRecords(IdempotencyRecords):
    """Sees the store through the changes of its unit, which holds the lock."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes

    async def find(self, digest: bytes, now: datetime) -> IdempotencyRecord | None:
        found = self._changes.idempotency.get(digest) or self._store.idempotency.get(digest)
        return found if found is not None and found.expires_at > now else None

    async def claim(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        earlier = await self.find(record.digest, now)
        if earlier is None:
            self._changes.idempotency[record.digest] = record
        return earlier
