"""Repositories with a policy around every statement of a unit of work."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from adapters.resilience.pipeline import Step
from application.actor import Account
from application.audit.entry import AuditEntry
from application.maintenance.expiry import Amounts, Expiry
from application.ports.audit_trail import AuditTrail
from application.ports.expired_records import ExpiredRecords
from application.ports.idempotency_records import IdempotencyRecord, IdempotencyRecords
from application.ports.session_repository import SessionRepository
from application.ports.user_repository import InsertResult, Locked, UserRepository
from domain.session.events import EndedSessions, EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session
from domain.user.user import User


class GuardedUserRepository(UserRepository):
    def __init__(self, inner: UserRepository, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def add(self, user: User) -> None:
        await self._policy.run("users.add", lambda: self._inner.add(user))

    async def add_new(self, users: Sequence[User]) -> tuple[InsertResult, ...]:
        return await self._policy.run("users.add_new", lambda: self._inner.add_new(users))

    async def get(self, user_id: UUID) -> User | None:
        return await self._policy.run("users.lock", lambda: self._inner.get(user_id))

    async def save(self, user: User) -> None:
        await self._policy.run("users.save", lambda: self._inner.save(user))

    async def lock(
        self, user_id: UUID, *, by: Account | None = None, with_active_admins: bool = False
    ) -> Locked:
        return await self._policy.run(
            "users.lock",
            lambda: self._inner.lock(user_id, by=by, with_active_admins=with_active_admins),
        )


class GuardedSessionRepository(SessionRepository):
    def __init__(self, inner: SessionRepository, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def add(self, session: Session, token: RefreshToken) -> None:
        await self._policy.run("sessions.add", lambda: self._inner.add(session, token))

    async def get(self, session_id: UUID) -> Session | None:
        return await self._policy.run("sessions.lock", lambda: self._inner.get(session_id))

    async def find_by_token(self, digest: bytes) -> tuple[Session, RefreshToken] | None:
        return await self._policy.run(
            "sessions.lock_by_token", lambda: self._inner.find_by_token(digest)
        )

    async def save(self, session: Session) -> None:
        await self._policy.run("sessions.save", lambda: self._inner.save(session))

    async def add_token(self, token: RefreshToken) -> None:
        await self._policy.run("sessions.add_token", lambda: self._inner.add_token(token))

    async def end_all(
        self, user_id: UUID, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> EndedSessions:
        return await self._policy.run(
            "sessions.end_all", lambda: self._inner.end_all(user_id, reason, now, keep=keep)
        )

    async def end_surplus(
        self, user_id: UUID, keep: int, reason: EndReason, now: datetime
    ) -> EndedSessions:
        return await self._policy.run(
            "sessions.end_surplus", lambda: self._inner.end_surplus(user_id, keep, reason, now)
        )

    async def forget_clients(self, user_id: UUID) -> None:
        await self._policy.run(
            "sessions.forget_clients", lambda: self._inner.forget_clients(user_id)
        )


class GuardedIdempotencyRecords(IdempotencyRecords):
    def __init__(self, inner: IdempotencyRecords, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def find(self, digest: bytes, now: datetime) -> IdempotencyRecord | None:
        return await self._policy.run("idempotency.find", lambda: self._inner.find(digest, now))

    async def claim(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        return await self._policy.run("idempotency.claim", lambda: self._inner.claim(record, now))


class GuardedAuditTrail(AuditTrail):
    def __init__(self, inner: AuditTrail, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        await self._policy.run("audit.add", lambda: self._inner.add(entries))

    async def forget_clients(self, user_id: UUID) -> None:
        await self._policy.run("audit.forget_clients", lambda: self._inner.forget_clients(user_id))


class GuardedExpiredRecords(ExpiredRecords):
    def __init__(self, inner: ExpiredRecords, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def remove(self, expiry: Expiry, at_most: int) -> Amounts:
        return await self._policy.run("expired.remove", lambda: self._inner.remove(expiry, at_most))
