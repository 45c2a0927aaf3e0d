"""Session repository on SQLite."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from adapters.sqlite import sql
from adapters.sqlite.connections import Value
from adapters.sqlite.rows import SessionRow, TokenRow, to_micros
from adapters.sqlite.transaction import Transaction
from application.ports.session_repository import SessionRepository
from domain.session.events import MAX_NAMED, EndedSessions, EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session


class SqliteSessionRepository(SessionRepository):
    """The unit holds the lock of the whole file, so no row needs one of its own."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, session: Session, token: RefreshToken) -> None:
        queue = self._transaction.queue
        queue("sessions.add", sql.ADD_SESSION, SessionRow.of(session)._asdict())
        queue("sessions.add", sql.ADD_TOKEN, TokenRow.of(token)._asdict())

    async def get(self, session_id: UUID) -> Session | None:
        values = {"id": session_id.bytes}
        rows = await self._transaction.send("sessions.get", sql.GET_SESSION, values)
        return SessionRow._make(rows[0]).session() if rows else None

    async def find_by_token(self, digest: bytes) -> tuple[Session, RefreshToken] | None:
        values = {"digest": digest}
        rows = await self._transaction.send("sessions.find_by_token", sql.GET_TOKEN, values)
        if not rows:
            return None
        columns = len(TokenRow._fields)
        token, session = rows[0][:columns], rows[0][columns:]
        return SessionRow._make(session).session(), TokenRow._make(token).token()

    async def save(self, session: Session) -> None:
        values = SessionRow.of(session)._asdict()
        self._transaction.queue("sessions.save", sql.SAVE_SESSION, values)

    async def add_token(self, token: RefreshToken) -> None:
        values = TokenRow.of(token)._asdict()
        await self._transaction.send("sessions.add_token", sql.ADD_TOKEN, values)

    async def end_all(
        self, user_id: UUID, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> EndedSessions:
        kept = {"keep": None if keep is None else keep.bytes}
        values = kept | _ending(user_id, reason, now)
        return await self._end("sessions.end_all", sql.RUNNING_SESSIONS, values, sql.END_SESSIONS)

    async def end_surplus(
        self, user_id: UUID, keep: int, reason: EndReason, now: datetime
    ) -> EndedSessions:
        values = {"keep": keep} | _ending(user_id, reason, now)
        operation = "sessions.end_surplus"
        return await self._end(operation, sql.SURPLUS_SESSIONS, values, sql.END_SURPLUS)

    async def _end(
        self, operation: str, statement: str, values: Mapping[str, Value], then: str
    ) -> EndedSessions:
        """End what `statement` finds by `then`; most often there are none, or a few."""
        found = await self._transaction.send(
            operation, statement, {**values, "limit": MAX_NAMED + 1}
        )
        if not found:
            return EndedSessions()
        self._transaction.queue(operation, then, {**values, "limit": -1})
        if len(found) <= MAX_NAMED:
            return EndedSessions.of([UUID(bytes=row[0]) for row in found])
        changes = await self._transaction.send(operation, sql.CHANGES, {})
        return EndedSessions(changes[0][0])

    async def forget_clients(self, user_id: UUID) -> None:
        values = {"user_id": user_id.bytes}
        await self._transaction.send("sessions.forget_clients", sql.FORGET_CLIENTS, values)


def _ending(user_id: UUID, reason: EndReason, now: datetime) -> dict[str, Value]:
    return {"user_id": user_id.bytes, "reason": reason.value, "now": to_micros(now)}
