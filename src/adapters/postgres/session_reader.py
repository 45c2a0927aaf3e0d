"""Session reader on PostgreSQL."""

from datetime import datetime
from uuid import UUID

from adapters.postgres import sql
from adapters.postgres.connection import Value
from adapters.postgres.connections import Connections
from adapters.postgres.rows import LAST_ID, SessionRow, to_mode, to_recovery
from application.actor import Account
from application.ports.session_reader import LiveSession, SessionReader
from application.session.views import SessionQuery, SessionRecord
from domain.user.role import Role


class PostgresSessionReader(SessionReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        def live(
            user_id: UUID,
            roles: list[str],
            parent: int | None,
            generation: int | None,
            mode: str | None,
        ) -> LiveSession:
            account = Account(
                user_id=user_id, session_id=session_id, roles=frozenset(map(Role, roles))
            )
            return LiveSession(account, to_recovery(parent, generation), to_mode(mode))

        operation = "sessions.find_live"
        values: dict[str, Value] = {"id": session_id, "now": now}
        found = await self._connections.read(operation, sql.FIND_LIVE_SESSION, values, live)
        return found[0] if found else None

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        values: dict[str, Value] = {
            "user_id": query.user_id,
            "before": query.before or LAST_ID,
            "limit": query.limit,
            "now": query.live_at,
        }
        statement = sql.SESSIONS if query.live_at is None else sql.LIVE_SESSIONS
        rows = await self._connections.read("sessions.page", statement, values, SessionRow)
        return tuple(SessionRecord.of(row.session()) for row in rows)
