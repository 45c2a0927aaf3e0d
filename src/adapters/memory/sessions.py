"""In-memory session repository."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from adapters.memory.store import Changes, Store
from application.errors import DatabaseFailure, DuplicateKey
from application.ports.session_repository import SessionRepository
from domain.session.events import EndedSessions, EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session


class MemorySessionRepository(SessionRepository):
    """Sees the store through the changes of its unit, which holds the lock."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes

    async def add(self, session: Session, token: RefreshToken) -> None:
        if self._find(session.id) is not None:
            raise DuplicateKey(context={"operation": "sessions.add"})
        if session.user_id not in self._changes.users and session.user_id not in self._store.users:
            raise DatabaseFailure(context={"operation": "sessions.add", "kind": "integrity"})
        self._changes.sessions[session.id] = session.copy()
        await self.add_token(token)

    async def get(self, session_id: UUID) -> Session | None:
        session = self._find(session_id)
        return None if session is None else session.copy()

    async def find_by_token(self, digest: bytes) -> tuple[Session, RefreshToken] | None:
        token = self._changes.tokens.get(digest) or self._store.tokens.get(digest)
        session = None if token is None else await self.get(token.session_id)
        if token is None or session is None:
            return None
        return session, token

    async def save(self, session: Session) -> None:
        self._changes.sessions[session.id] = session.copy()

    async def add_token(self, token: RefreshToken) -> None:
        if token.digest in self._changes.tokens or token.digest in self._store.tokens:
            raise DuplicateKey(context={"operation": "sessions.add_token"})
        if self._find(token.session_id) is None:
            raise DatabaseFailure(context={"operation": "sessions.add_token", "kind": "integrity"})
        self._changes.tokens[token.digest] = token

    async def end_all(
        self, user_id: UUID, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> EndedSessions:
        running = [s for s in self._sessions_of(user_id).values() if s.ended_at is None]
        return self._end([session for session in running if session.id != keep], reason, now)

    async def end_surplus(
        self, user_id: UUID, keep: int, reason: EndReason, now: datetime
    ) -> EndedSessions:
        live = [s for s in self._sessions_of(user_id).values() if s.is_live(now)]
        live.sort(key=lambda s: (s.last_used_at, s.id), reverse=True)
        return self._end(live[keep:], reason, now)

    async def forget_clients(self, user_id: UUID) -> None:
        for known in self._sessions_of(user_id).values():
            session = known.copy()
            session.client_address = session.user_agent = session.network = None
            self._changes.sessions[session.id] = session

    def _end(self, sessions: Sequence[Session], reason: EndReason, now: datetime) -> EndedSessions:
        for running in sessions:
            session = running.copy()
            session.ended_at, session.end_reason = now, reason
            self._changes.sessions[session.id] = session
        return EndedSessions.of([session.id for session in sessions])

    def _find(self, session_id: UUID) -> Session | None:
        return self._changes.sessions.get(session_id) or self._store.sessions.get(session_id)

    def _sessions_of(self, user_id: UUID) -> Mapping[UUID, Session]:
        staged = (s for s in self._changes.sessions.values() if s.user_id == user_id)
        return {s.id: s for group in (self._store.sessions_of(user_id), staged) for s in group}
