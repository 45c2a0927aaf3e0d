"""Audit trail on PostgreSQL."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from adapters.postgres import audit_sql as sql
from adapters.postgres.connection import Value
from adapters.postgres.connections import Connections
from adapters.postgres.rows import utc
from adapters.postgres.transaction import Transaction
from application.audit.entry import AuditEntry, AuditQuery, Detail, Position
from application.ports.audit_reader import AuditReader
from application.ports.audit_trail import AuditTrail

_LAST = Position(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class PostgresAuditTrail(AuditTrail):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        values: dict[str, Value] = {
            "entries": json.dumps([asdict(each) for each in entries], default=str)
        }
        self._transaction.queue("audit.add", sql.ADD_ENTRIES, values)

    async def forget_clients(self, user_id: UUID) -> None:
        operation, values = "audit.forget_clients", {"user_id": user_id}
        statement = sql.FORGET_CLIENTS_OF_ENTRIES
        await self._transaction.send(operation, statement, values, tuple)


class PostgresAuditReader(AuditReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def page(self, query: AuditQuery) -> tuple[AuditEntry, ...]:
        before = query.before or _LAST
        values: dict[str, Value] = {
            "time": before.occurred_at,
            "id": before.id,
            "since": query.since or _FIRST,
            "user_id": query.user_id,
            "type": query.type,
            "limit": query.limit,
        }
        rows = await self._connections.read("audit.page", _statement(query), values, _entry)
        return tuple(rows)


def _statement(query: AuditQuery) -> str:
    if query.user_id is None:
        return sql.ENTRIES if query.type is None else sql.ENTRIES_OF_TYPE
    if query.type is None:
        return sql.ENTRIES_OF_USER
    return sql.ENTRIES_OF_USER_AND_TYPE


def _entry(  # noqa: PLR0917 - columns
    id: UUID,
    occurred_at: datetime,
    type: str,
    actor_id: UUID | None,
    operator: str | None,
    user_id: UUID | None,
    client_address: str | None,
    user_agent: str | None,
    request_id: str,
    details: dict[str, Detail],
) -> AuditEntry:
    return AuditEntry(
        id=id,
        occurred_at=utc(occurred_at),
        type=type,
        actor_id=actor_id,
        operator=operator,
        user_id=user_id,
        client_address=client_address,
        user_agent=user_agent,
        request_id=request_id,
        details=details,
    )
