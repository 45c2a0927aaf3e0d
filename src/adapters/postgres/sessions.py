"""Session repository on PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.postgres import sql
from adapters.postgres.connection import Value
from adapters.postgres.rows import SessionRow, TokenRow
from adapters.postgres.transaction import Transaction
from application.ports.session_repository import SessionRepository
from domain.session.events import MAX_NAMED, EndedSessions, EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session


class PostgresSessionRepository(SessionRepository):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, session: Session, token: RefreshToken) -> None:
        values = SessionRow.of(session)._asdict()
        of_token = {f"token_{name}": each for name, each in TokenRow.of(token)._asdict().items()}
        self._transaction.queue("sessions.add", sql.ADD_SESSION, values | of_token)

    async def get(self, session_id: UUID) -> Session | None:
        return await self._lock("sessions.get", sql.LOCK_SESSION, {"id": session_id})

    async def find_by_token(self, digest: bytes) -> tuple[Session, RefreshToken] | None:
        operation, values = "sessions.find_by_token", {"digest": digest}
        rows = await self._transaction.send(
            operation, sql.LOCK_SESSION_OF_TOKEN, values, _session_and_token
        )
        return rows[0] if rows else None

    async def save(self, session: Session) -> None:
        values = SessionRow.of(session)._asdict()
        self._transaction.queue("sessions.save", sql.SAVE_SESSION, values)

    async def add_token(self, token: RefreshToken) -> None:
        values = TokenRow.of(token)._asdict()
        await self._transaction.send("sessions.add_token", sql.ADD_TOKEN, values, tuple)

    async def end_all(
        self, user_id: UUID, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> EndedSessions:
        values = {"user_id": user_id, "reason": reason.value, "now": now, "keep": keep}
        return await self._end("sessions.end_all", sql.END_SESSIONS, values)

    async def end_surplus(
        self, user_id: UUID, keep: int, reason: EndReason, now: datetime
    ) -> EndedSessions:
        values = {"user_id": user_id, "reason": reason.value, "now": now, "keep": keep}
        return await self._end("sessions.end_surplus", sql.END_SURPLUS, values)

    async def forget_clients(self, user_id: UUID) -> None:
        operation, values = "sessions.forget_clients", {"user_id": user_id}
        await self._transaction.send(operation, sql.FORGET_CLIENTS, values, tuple)

    async def _end(
        self, operation: str, statement: str, values: Mapping[str, Value]
    ) -> EndedSessions:
        most = {"most": MAX_NAMED}
        rows = await self._transaction.send(operation, statement, {**values, **most}, _ended)
        return rows[0]

    async def _lock(
        self, operation: str, statement: str, values: Mapping[str, Value]
    ) -> Session | None:
        rows = await self._transaction.send(operation, statement, values, SessionRow)
        return rows[0].session() if rows else None


def _session_and_token(*columns: Any) -> tuple[Session, RefreshToken]:  # noqa: ANN401 - columns
    of_token = len(TokenRow._fields)
    return SessionRow._make(columns[of_token:]).session(), TokenRow._make(
        columns[:of_token]
    ).token()


def _ended(count: int, ids: list[UUID] | None) -> EndedSessions:
    return EndedSessions(count, tuple(ids) if ids and count <= MAX_NAMED else ())
