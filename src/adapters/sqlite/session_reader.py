"""Session reader on SQLite."""

from datetime import datetime
from uuid import UUID

from adapters.sqlite import sql
from adapters.sqlite.connections import Connections, Value, run
from adapters.sqlite.rows import LAST_ID, SessionRow, to_micros, to_mode, to_recovery, to_roles
from application.actor import Account
from application.ports.session_reader import LiveSession, SessionReader
from application.session.views import SessionQuery, SessionRecord


class SqliteSessionReader(SessionReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        values: dict[str, Value] = {"id": session_id.bytes, "now": to_micros(now)}
        async with self._connections.reading() as connection:
            rows = await run(connection, "sessions.find_live", sql.FIND_LIVE_SESSION, values)
        if not rows:
            return None
        user_id, roles, parent, generation, mode = rows[0]
        account = Account(user_id=UUID(bytes=user_id), session_id=session_id, roles=to_roles(roles))
        return LiveSession(account, to_recovery(parent, generation), to_mode(mode))

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        values: dict[str, Value] = {
            "user_id": query.user_id.bytes,
            "before": (query.before or LAST_ID).bytes,
            "limit": query.limit,
            "now": None if query.live_at is None else to_micros(query.live_at),
        }
        statement = sql.SESSIONS if query.live_at is None else sql.LIVE_SESSIONS
        async with self._connections.reading() as connection:
            rows = await run(connection, "sessions.page", statement, values)
        return tuple(SessionRecord.of(SessionRow._make(row).session()) for row in rows)
