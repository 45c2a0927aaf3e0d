"""Repositories that track aggregates, whose events the unit of work collects."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from application.actor import Account
from application.ports.session_repository import SessionRepository
from application.ports.user_repository import InsertResult, Locked, UserRepository
from domain.events import Aggregate
from domain.session.events import EndedSessions, EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session
from domain.user.user import User

Tracked = list[Aggregate]


class TrackingUsers(UserRepository):
    """Remembers in `seen` every account that passes."""

    def __init__(self, inner: UserRepository, seen: Tracked) -> None:
        self._inner = inner
        self._seen = seen

    async def add(self, user: User) -> None:
        await self._inner.add(user)
        self._seen.append(user)

    async def add_new(self, users: Sequence[User]) -> tuple[InsertResult, ...]:
        results = await self._inner.add_new(users)
        added = zip(users, results, strict=True)
        self._seen.extend(user for user, result in added if result is InsertResult.ADDED)
        return results

    async def get(self, user_id: UUID) -> User | None:
        user = await self._inner.get(user_id)
        if user is not None:
            self._seen.append(user)
        return user

    async def save(self, user: User) -> None:
        await self._inner.save(user)

    async def lock(
        self, user_id: UUID, *, by: Account | None = None, with_active_admins: bool = False
    ) -> Locked:
        locked = await self._inner.lock(user_id, by=by, with_active_admins=with_active_admins)
        if locked.user is not None:
            self._seen.append(locked.user)
        return locked


class TrackingSessions(SessionRepository):
    """Remembers in `seen` every session that passes."""

    def __init__(self, inner: SessionRepository, seen: Tracked) -> None:
        self._inner = inner
        self._seen = seen

    async def add(self, session: Session, token: RefreshToken) -> None:
        await self._inner.add(session, token)
        self._seen.append(session)

    async def get(self, session_id: UUID) -> Session | None:
        session = await self._inner.get(session_id)
        if session is not None:
            self._seen.append(session)
        return session

    async def find_by_token(self, digest: bytes) -> tuple[Session, RefreshToken] | None:
        found = await self._inner.find_by_token(digest)
        if found is not None:
            self._seen.append(found[0])
        return found

    async def save(self, session: Session) -> None:
        await self._inner.save(session)

    async def add_token(self, token: RefreshToken) -> None:
        await self._inner.add_token(token)

    async def end_all(
        self, user_id: UUID, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> EndedSessions:
        return await self._inner.end_all(user_id, reason, now, keep=keep)

    async def end_surplus(
        self, user_id: UUID, keep: int, reason: EndReason, now: datetime
    ) -> EndedSessions:
        return await self._inner.end_surplus(user_id, keep, reason, now)

    async def forget_clients(self, user_id: UUID) -> None:
        await self._inner.forget_clients(user_id)
