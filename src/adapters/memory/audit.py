"""In-memory audit trail."""

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from adapters.memory.store import Changes, Store
from application.audit.entry import AuditEntry, AuditQuery
from application.errors import DuplicateKey
from application.ports.audit_reader import AuditReader
from application.ports.audit_trail import AuditTrail


class MemoryAuditTrail(AuditTrail):
    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        for entry in entries:
            if entry.id in self._changes.audit or self._store.has_entry(entry.id):
                raise DuplicateKey(context={"operation": "audit.add"})
            self._changes.audit[entry.id] = entry

    async def forget_clients(self, user_id: UUID) -> None:
        self._changes.audit |= {
            entry.id: entry.without_client()
            for entry in [*self._store.audit_backwards(None), *self._changes.audit.values()]
            if entry.is_by_client_of(user_id)
        }


class MemoryAuditReader(AuditReader):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(self, query: AuditQuery) -> tuple[AuditEntry, ...]:
        found = (e for e in self._store.audit_backwards(query.before) if _matches(e, query))
        return tuple(islice(found, query.limit))


def _matches(entry: AuditEntry, query: AuditQuery) -> bool:
    return (
        (query.since is None or entry.occurred_at >= query.since)
        and query.user_id in {None, entry.user_id}
        and query.type in {None, entry.type}
    )
