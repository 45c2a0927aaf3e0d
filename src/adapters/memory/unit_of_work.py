"""In-memory unit of work."""

from asyncio import Lock
from types import TracebackType
from typing import Self

from adapters.memory.audit import MemoryAuditTrail
from adapters.memory.expired import MemoryExpiredRecords
from adapters.memory.idempotency import MemoryIdempotencyRecords
from adapters.memory.sessions import MemorySessionRepository
from adapters.memory.store import Changes, Store
from adapters.memory.users import MemoryUserRepository
from application.errors import DatabaseFailure
from application.ports.unit_of_work import UnitOfWork


class MemoryUnitOfWork(UnitOfWork):
    """Holds the one write lock from entering to leaving; changes are staged until `commit`."""

    def __init__(self, store: Store, lock: Lock) -> None:
        self._store = store
        self._lock = lock
        self._changes: Changes | None = None

    @property
    def users(self) -> MemoryUserRepository:
        return MemoryUserRepository(self._store, self._staged())

    @property
    def sessions(self) -> MemorySessionRepository:
        return MemorySessionRepository(self._store, self._staged())

    @property
    def idempotency(self) -> MemoryIdempotencyRecords:
        return MemoryIdempotencyRecords(self._store, self._staged())

    @property
    def audit(self) -> MemoryAuditTrail:
        return MemoryAuditTrail(self._store, self._staged())

    @property
    def expired(self) -> MemoryExpiredRecords:
        return MemoryExpiredRecords(self._store, self._staged())

    async def __aenter__(self) -> Self:
        await self._lock.acquire()
        self._changes = Changes()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._changes = None
        self._lock.release()

    async def commit(self) -> None:
        changes = self._staged()
        if not self._store.is_sound_with(changes):
            raise DatabaseFailure(context={"operation": "commit", "kind": "integrity"})
        self._store.apply(changes)
        self._changes = None

    def _staged(self) -> Changes:
        if self._changes is None:
            raise RuntimeError("This unit of work is not entered, or is over.")
        return self._changes
