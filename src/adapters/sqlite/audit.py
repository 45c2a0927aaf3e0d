"""Audit trail on SQLite."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Self
from uuid import UUID

from adapters.sqlite import audit_sql as sql
from adapters.sqlite.connections import Connections, Value, run
from adapters.sqlite.rows import from_micros, to_micros
from adapters.sqlite.transaction import Transaction
from application.audit.entry import AuditEntry, AuditQuery, Position
from application.ports.audit_reader import AuditReader
from application.ports.audit_trail import AuditTrail

_LAST = Position(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class SqliteAuditTrail(AuditTrail):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        rows = [_Row.of(entry)._asdict() for entry in entries]
        self._transaction.queue("audit.add", sql.ADD_ENTRY, *rows)

    async def forget_clients(self, user_id: UUID) -> None:
        operation, values = "audit.forget_clients", {"user_id": user_id.bytes}
        await self._transaction.send(operation, sql.FORGET_CLIENTS_OF_ENTRIES, values)


class SqliteAuditReader(AuditReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def page(self, query: AuditQuery) -> tuple[AuditEntry, ...]:
        before = query.before or _LAST
        values: dict[str, Value] = {
            "time": to_micros(before.occurred_at),
            "id": before.id.bytes,
            "since": to_micros(query.since or _FIRST),
            "user_id": None if query.user_id is None else query.user_id.bytes,
            "type": query.type,
            "limit": query.limit,
        }
        async with self._connections.reading() as connection:
            rows = await run(connection, "audit.page", _statement(query), values)
        return tuple(_Row._make(row).entry() for row in rows)


class _Row(NamedTuple):
    """All columns of `audit_entries`."""

    id: bytes
    occurred_at: int
    type: str
    actor_id: bytes | None
    operator: str | None
    user_id: bytes | None
    client_address: str | None
    user_agent: str | None
    request_id: str
    details: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls(
            id=entry.id.bytes,
            occurred_at=to_micros(entry.occurred_at),
            type=entry.type,
            actor_id=None if entry.actor_id is None else entry.actor_id.bytes,
            operator=entry.operator,
            user_id=None if entry.user_id is None else entry.user_id.bytes,
            client_address=entry.client_address,
            user_agent=entry.user_agent,
            request_id=entry.request_id,
            details=json.dumps(dict(entry.details)),
        )

    def entry(self) -> AuditEntry:
        return AuditEntry(
            id=UUID(bytes=self.id),
            occurred_at=from_micros(self.occurred_at),
            type=self.type,
            actor_id=None if self.actor_id is None else UUID(bytes=self.actor_id),
            operator=self.operator,
            user_id=None if self.user_id is None else UUID(bytes=self.user_id),
            client_address=self.client_address,
            user_agent=self.user_agent,
            request_id=self.request_id,
            details=json.loads(self.details),
        )


def _statement(query: AuditQuery) -> str:
    if query.user_id is None:
        return sql.ENTRIES if query.type is None else sql.ENTRIES_OF_TYPE
    if query.type is None:
        return sql.ENTRIES_OF_USER
    return sql.ENTRIES_OF_USER_AND_TYPE
