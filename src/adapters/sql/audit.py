"""Audit trail in SQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from adapters.sql.dialect import Query, Write
from adapters.sql.executor import QueryExecutor, TransactionExecutor
from adapters.sql.mapping import LAST_ID, Mapper
from application.audit.entry import AuditEntry, AuditQuery, Position
from application.ports.audit_reader import AuditReader
from application.ports.audit_trail import AuditTrail

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = Position(datetime.max.replace(tzinfo=UTC), LAST_ID)

ENTRY = Mapper(AuditEntry)

ADD_ENTRY = Write("audit.add", "INSERT INTO audit_entries ({columns}) VALUES ({values})", ENTRY)
FORGET_CLIENTS_OF_ENTRIES = Write(
    "audit.forget_clients",
    """
    UPDATE audit_entries SET client_address = NULL, user_agent = NULL
    WHERE user_id = :user_id AND operator IS NULL AND (actor_id IS NULL OR actor_id = user_id)
      AND (client_address IS NOT NULL OR user_agent IS NOT NULL)
    """,
)
ENTRIES = Query(
    "audit.page",
    """
    SELECT {row} FROM audit_entries
    WHERE (occurred_at, id) < (:time, :id) AND occurred_at >= :since
    ORDER BY occurred_at DESC, id DESC LIMIT :limit
    """,
    ENTRY,
)
ENTRIES_OF_USER = Query(
    "audit.page",
    """
    SELECT {row} FROM audit_entries
    WHERE user_id = :user_id AND (occurred_at, id) < (:time, :id) AND occurred_at >= :since
    ORDER BY occurred_at DESC, id DESC LIMIT :limit
    """,
    ENTRY,
)
ENTRIES_OF_TYPE = Query(
    "audit.page",
    """
    SELECT {row} FROM audit_entries
    WHERE type = :type AND (occurred_at, id) < (:time, :id) AND occurred_at >= :since
    ORDER BY occurred_at DESC, id DESC LIMIT :limit
    """,
    ENTRY,
)
ENTRIES_OF_USER_AND_TYPE = Query(
    "audit.page",
    """
    SELECT {row} FROM audit_entries
    WHERE user_id = :user_id AND type = :type
      AND (occurred_at, id) < (:time, :id) AND occurred_at >= :since
    ORDER BY occurred_at DESC, id DESC LIMIT :limit
    """,
    ENTRY,
)


class SqlAuditTrail(AuditTrail):
    def __init__(self, executor: TransactionExecutor) -> None:
        self._executor = executor

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        self._executor.queue(ADD_ENTRY, *entries)

    async def forget_clients(self, user_id: UUID) -> None:
        await self._executor.run(FORGET_CLIENTS_OF_ENTRIES, {"user_id": user_id})


class SqlAuditReader(AuditReader):
    def __init__(self, executor: QueryExecutor) -> None:
        self._executor = executor

    async def page(self, query: AuditQuery) -> tuple[AuditEntry, ...]:
        before = query.before or _LAST
        found = await self._executor.all(
            _statement(query),
            time=before.occurred_at,
            id=before.id,
            since=query.since or _FIRST,
            user_id=query.user_id,
            type=query.type,
            limit=query.limit,
        )
        return tuple(found)


def _statement(query: AuditQuery) -> Query[AuditEntry]:
    if query.user_id is None:
        return ENTRIES if query.type is None else ENTRIES_OF_TYPE
    return ENTRIES_OF_USER if query.type is None else ENTRIES_OF_USER_AND_TYPE
