"""In-memory session reader."""

from datetime import datetime
from itertools import islice
from uuid import UUID

from adapters.memory.store import Store
from adapters.memory.user_reader import open_account
from application.actor import Account
from application.ports.session_reader import LiveSession, SessionReader
from application.session.views import SessionQuery, SessionRecord
from domain.session.session import Session


class MemorySessionReader(SessionReader):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        session = self._store.sessions.get(session_id)
        if session is None or not session.is_live(now):
            return None
        user = open_account(self._store, session.user_id)
        if user is None or not user.is_active:
            return None
        account = Account(user_id=user.id, session_id=session.id, roles=user.roles)
        return LiveSession(account, session.recovery, session.mode)

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        found = sorted(self._store.sessions_of(query.user_id), key=lambda s: s.id, reverse=True)
        asked = (session for session in found if _matches(session, query))
        return tuple(map(SessionRecord.of, islice(asked, query.limit)))


def _matches(session: Session, query: SessionQuery) -> bool:
    is_live = query.live_at is None or session.is_live(query.live_at)
    return is_live and (query.before is None or session.id < query.before)
