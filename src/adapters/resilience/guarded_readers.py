"""Readers with a policy around every read."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import cast
from uuid import UUID

from adapters.resilience.pipeline import Step
from application.audit.entry import AuditEntry, AuditQuery
from application.maintenance.expiry import Amounts, Expiry
from application.ports.account_stream import AccountStream
from application.ports.audit_reader import AuditReader
from application.ports.credential_reader import CredentialReader, Credentials
from application.ports.expired_reader import ExpiredReader
from application.ports.session_reader import LiveSession, SessionReader
from application.ports.user_reader import UserReader
from application.session.views import SessionQuery, SessionRecord
from application.user.views import UserQuery, UserView
from domain.user.user import User


class GuardedUserReader(UserReader):
    def __init__(self, inner: UserReader, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def get(self, user_id: UUID) -> UserView | None:
        return await self._policy.run("users.get", lambda: self._inner.get(user_id))

    async def find_by_email(self, key: str) -> UserView | None:
        return await self._policy.run("users.find_by_email", lambda: self._inner.find_by_email(key))

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        return await self._policy.run("users.page", lambda: self._inner.page(query))


class GuardedCredentialReader(CredentialReader):
    def __init__(self, inner: CredentialReader, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def by_email(self, key: str, network: str | None, since: datetime) -> Credentials | None:
        return await self._policy.run(
            "credentials.by_email", lambda: self._inner.by_email(key, network, since)
        )

    async def by_id(self, user_id: UUID) -> Credentials | None:
        return await self._policy.run("credentials.by_id", lambda: self._inner.by_id(user_id))


class GuardedSessionReader(SessionReader):
    def __init__(self, inner: SessionReader, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        return await self._policy.run(
            "sessions.find_live", lambda: self._inner.find_live(session_id, now)
        )

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        return await self._policy.run("sessions.page", lambda: self._inner.page(query))


class GuardedAuditReader(AuditReader):
    def __init__(self, inner: AuditReader, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def page(self, query: AuditQuery) -> tuple[AuditEntry, ...]:
        return await self._policy.run("audit.page", lambda: self._inner.page(query))


class GuardedExpiredReader(ExpiredReader):
    def __init__(self, inner: ExpiredReader, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def count(self, expiry: Expiry) -> Amounts:
        return await self._policy.run("expired.count", lambda: self._inner.count(expiry))


class GuardedAccountStream(AccountStream):
    """Each page is a call; a generator that failed gives no more, so none is asked for twice."""

    def __init__(self, inner: AccountStream, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    async def pages(self, size: int) -> AsyncIterator[tuple[User, ...]]:
        inner = cast("AsyncGenerator[tuple[User, ...]]", self._inner.pages(size))
        async with aclosing(inner):
            while page := await self._policy.run("users.stream", lambda: _next(inner)):
                yield page


async def _next(pages: AsyncIterator[tuple[User, ...]]) -> tuple[User, ...]:
    # Not `anext` with a default: awaited from within a policy it is a SystemError on Python 3.11.
    try:
        return await anext(pages)
    except StopAsyncIteration:
        return ()
