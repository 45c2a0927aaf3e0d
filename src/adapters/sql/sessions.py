"""Sessions and refresh tokens in SQL."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from adapters.sql.dialect import Query, Write
from adapters.sql.executor import QueryExecutor, TransactionExecutor
from adapters.sql.mapping import FIRST_ID, LAST_ID, Mapper, Scalar
from application.actor import Account
from application.ports.session_reader import LiveSession, SessionReader
from application.ports.session_repository import SessionRepository
from application.session.views import SessionQuery, SessionRecord
from domain.session.events import EndedSessions, EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Recovery, Session, SessionMode
from domain.user.role import Role

_RECOVERY = ("recovery_parent", "recovery_generation")
SESSION = Mapper(
    Session,
    split={"recovery": _RECOVERY},
    # A release that has no such column yet may have written the row.
    reads={"began_at": "coalesce(began_at, last_used_at)"},
)
TOKEN = Mapper(RefreshToken)

ADD_SESSION = Write("sessions.add", "INSERT INTO sessions ({columns}) VALUES ({values})", SESSION)
SAVE_SESSION = Write("sessions.save", "UPDATE sessions SET {changes} WHERE id = :id", SESSION)
LOCK_SESSION = Query("sessions.lock", "SELECT {row} FROM sessions WHERE id = :id {lock}", SESSION)
LOCK_ACTING_SESSION = Query(
    "users.lock", "SELECT {row} FROM sessions WHERE id = :session_id {lock}", SESSION
)

FIRST_TOKEN = Write(
    "sessions.add", "INSERT INTO refresh_tokens ({columns}) VALUES ({values})", TOKEN
)
ADD_TOKEN = Write(
    "sessions.add_token", "INSERT INTO refresh_tokens ({columns}) VALUES ({values})", TOKEN
)
GET_TOKEN = Query(
    "sessions.lock_by_token", "SELECT {row} FROM refresh_tokens WHERE digest = :digest", TOKEN
)
LOCK_SESSION_OF_TOKEN = Query(
    "sessions.lock_by_token",
    """
    SELECT {row} FROM sessions
    WHERE id = (SELECT session_id FROM refresh_tokens WHERE digest = :digest) {lock}
    """,
    SESSION,
)

# Locked in the order of the ids, so that two who end them do not wait for each other.
RUNNING_SESSIONS = Query(
    "sessions.end_all",
    """
    SELECT id FROM sessions {index[sessions_running]}
    WHERE user_id = :user_id AND ended_at IS NULL AND id <> :keep
    ORDER BY id {lock}
    """,
    Scalar(UUID),
)
SURPLUS_SESSIONS = Query(
    "sessions.end_surplus",
    """
    SELECT id FROM sessions WHERE ended_at IS NULL AND id IN (
        SELECT id FROM sessions {index[sessions_running]}
        WHERE user_id = :user_id AND ended_at IS NULL AND expires_at > :now
        ORDER BY last_used_at DESC, id DESC LIMIT {all} OFFSET :keep
    )
    ORDER BY id {lock}
    """,
    Scalar(UUID),
)
END_SESSION = Write(
    "sessions.end", "UPDATE sessions SET ended_at = :now, end_reason = :reason WHERE id = :id"
)
FORGET_CLIENTS = Write(
    "sessions.forget_clients",
    """
    UPDATE sessions SET client_address = NULL, user_agent = NULL, network = NULL
    WHERE user_id = :user_id
    """,
)


class _Live(NamedTuple):
    user_id: UUID
    roles: frozenset[Role]
    recovery: Recovery | None
    mode: SessionMode | None


FIND_LIVE_SESSION = Query(
    "sessions.find_live",
    """
    SELECT s.user_id, u.roles, s.recovery_parent, s.recovery_generation, s.mode
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = :id AND s.ended_at IS NULL AND s.expires_at > :now
      AND u.is_active AND u.closed_at IS NULL
    """,
    Mapper(_Live, split={"recovery": _RECOVERY}),
)
SESSIONS = Query(
    "sessions.page",
    """
    SELECT {row} FROM sessions WHERE user_id = :user_id AND id < :before
    ORDER BY id DESC LIMIT :limit
    """,
    Mapper(SessionRecord),
)
LIVE_SESSIONS = Query(
    "sessions.page",
    """
    SELECT {row} FROM sessions {index[sessions_running]}
    WHERE user_id = :user_id AND id < :before AND ended_at IS NULL AND expires_at > :now
    ORDER BY id DESC LIMIT :limit
    """,
    Mapper(SessionRecord),
)


class SqlSessionRepository(SessionRepository):
    def __init__(self, executor: TransactionExecutor) -> None:
        self._executor = executor

    async def add(self, session: Session, token: RefreshToken) -> None:
        self._executor.queue(ADD_SESSION, session)
        self._executor.queue(FIRST_TOKEN, token)

    async def get(self, session_id: UUID) -> Session | None:
        return await self._executor.one(LOCK_SESSION, id=session_id)

    async def find_by_token(self, digest: bytes) -> tuple[Session, RefreshToken] | None:
        # Nobody changes a token, so it need not be read again after a wait for the lock.
        sessions, tokens = await self._executor.together(
            LOCK_SESSION_OF_TOKEN, GET_TOKEN, digest=digest
        )
        return (sessions[0], tokens[0]) if sessions and tokens else None

    async def save(self, session: Session) -> None:
        self._executor.queue(SAVE_SESSION, session)

    async def add_token(self, token: RefreshToken) -> None:
        await self._executor.run(ADD_TOKEN, token)

    async def end_all(
        self, user_id: UUID, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> EndedSessions:
        ids = await self._executor.all(RUNNING_SESSIONS, user_id=user_id, keep=keep or FIRST_ID)
        return self._end(ids, reason, now)

    async def end_surplus(
        self, user_id: UUID, keep: int, reason: EndReason, now: datetime
    ) -> EndedSessions:
        ids = await self._executor.all(SURPLUS_SESSIONS, user_id=user_id, keep=keep, now=now)
        return self._end(ids, reason, now)

    async def forget_clients(self, user_id: UUID) -> None:
        await self._executor.run(FORGET_CLIENTS, {"user_id": user_id})

    def _end(self, ids: list[UUID], reason: EndReason, now: datetime) -> EndedSessions:
        if ids:
            ended = {"reason": reason.value, "now": now}
            self._executor.queue(END_SESSION, *({"id": id_} | ended for id_ in ids))
        return EndedSessions.of(ids)


class SqlSessionReader(SessionReader):
    def __init__(self, executor: QueryExecutor) -> None:
        self._executor = executor

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        found = await self._executor.one(FIND_LIVE_SESSION, id=session_id, now=now)
        if found is None:
            return None
        account = Account(user_id=found.user_id, session_id=session_id, roles=found.roles)
        return LiveSession(account, found.recovery, found.mode)

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        found = await self._executor.all(
            SESSIONS if query.live_at is None else LIVE_SESSIONS,
            user_id=query.user_id,
            before=query.before or LAST_ID,
            limit=query.limit,
            now=query.live_at,
        )
        return tuple(found)
