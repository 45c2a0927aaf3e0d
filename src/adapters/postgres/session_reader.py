"""Sessions for reading, on PostgreSQL."""

from datetime import datetime
from uuid import UUID

from adapters.postgres import sql
from adapters.postgres.connection import Value
from adapters.postgres.connections import Connections
from adapters.postgres.rows import SessionRow, SessionViewRow
from application.actor import Account
from application.ports.session_reader import SessionReader
from application.session.views import SessionRecord, SessionView
from domain.user.role import Role


class PostgresSessionReader(SessionReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def find_live(self, session_id: UUID, now: datetime) -> Account | None:
        def account(user_id: UUID, roles: list[str]) -> Account:
            return Account(
                user_id=user_id, session_id=session_id, roles=frozenset(map(Role, roles))
            )

        operation = "sessions.find_live"
        values: dict[str, Value] = {"id": session_id, "now": now}
        found = await self._connections.read(operation, sql.FIND_LIVE_SESSION, values, account)
        return found[0] if found else None

    async def list_live(self, user_id: UUID, now: datetime) -> tuple[SessionView, ...]:
        operation = "sessions.list_live"
        values: dict[str, Value] = {"user_id": user_id, "now": now}
        statement = sql.LIST_LIVE_SESSIONS
        rows = await self._connections.read(operation, statement, values, SessionViewRow)
        return tuple(row.view() for row in rows)

    async def list_all(self, user_id: UUID) -> tuple[SessionRecord, ...]:
        operation, values = "sessions.list_all", {"user_id": user_id}
        rows = await self._connections.read(operation, sql.LIST_SESSIONS, values, SessionRow)
        return tuple(SessionRecord.of(row.session()) for row in rows)
