"""Sessions for reading, in this process."""

from datetime import datetime
from uuid import UUID

from adapters.memory.store import Store
from adapters.memory.user_reader import open_account
from application.actor import Account
from application.ports.session_reader import SessionReader
from application.session.views import SessionRecord, SessionView
from domain.session.session import Session


class MemorySessionReader(SessionReader):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def find_live(self, session_id: UUID, now: datetime) -> Account | None:
        session = self._store.sessions.get(session_id)
        if session is None or not session.is_live(now):
            return None
        user = open_account(self._store, session.user_id)
        if user is None or not user.is_active:
            return None
        return Account(user_id=user.id, session_id=session.id, roles=user.roles)

    async def list_live(self, user_id: UUID, now: datetime) -> tuple[SessionView, ...]:
        return tuple(_view(s) for s in self._newest_first(user_id) if s.is_live(now))

    async def list_all(self, user_id: UUID) -> tuple[SessionRecord, ...]:
        return tuple(map(SessionRecord.of, self._newest_first(user_id)))

    def _newest_first(self, user_id: UUID) -> list[Session]:
        sessions = self._store.sessions_of(user_id)
        return sorted(sessions, key=lambda s: s.id, reverse=True)


def _view(session: Session) -> SessionView:
    return SessionView(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        client_address=session.client_address,
        user_agent=session.user_agent,
    )
