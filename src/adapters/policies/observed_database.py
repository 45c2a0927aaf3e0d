"""A database whose every call is watched."""

from types import TracebackType
from typing import Self

from adapters.policies.guarded_readers import (
    GuardedAuditReader,
    GuardedCredentialReader,
    GuardedExpiredReader,
    GuardedSessionReader,
    GuardedUserReader,
)
from adapters.policies.guarded_repositories import (
    GuardedAuditTrail,
    GuardedExpiredRecords,
    GuardedIdempotencyRecords,
    GuardedSessionRepository,
    GuardedUserRepository,
)
from adapters.policies.pipeline import Step
from application.ports.database import Database
from application.ports.load import Load
from application.ports.unit_of_work import UnitOfWork


class ObservedDatabase(Database):
    """Puts `policy`, which only watches, around each read and each step of a unit of work.

    It belongs inside of the breaker: what that refuses never was a call of the database.
    """

    def __init__(self, inner: Database, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def users(self) -> GuardedUserReader:
        return GuardedUserReader(self._inner.users, self._policy)

    @property
    def credentials(self) -> GuardedCredentialReader:
        return GuardedCredentialReader(self._inner.credentials, self._policy)

    @property
    def session_reader(self) -> GuardedSessionReader:
        return GuardedSessionReader(self._inner.session_reader, self._policy)

    @property
    def audit_reader(self) -> GuardedAuditReader:
        return GuardedAuditReader(self._inner.audit_reader, self._policy)

    @property
    def expired_reader(self) -> GuardedExpiredReader:
        return GuardedExpiredReader(self._inner.expired_reader, self._policy)

    def unit_of_work(self) -> UnitOfWork:
        return ObservedUnitOfWork(self._inner.unit_of_work(), self._policy)

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def check(self) -> None:
        await self._inner.check()

    def load(self) -> Load:
        return self._inner.load()


class ObservedUnitOfWork(UnitOfWork):
    """Watches its beginning, every statement, and the commit."""

    def __init__(self, inner: UnitOfWork, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    @property
    def users(self) -> GuardedUserRepository:
        return GuardedUserRepository(self._inner.users, self._policy)

    @property
    def sessions(self) -> GuardedSessionRepository:
        return GuardedSessionRepository(self._inner.sessions, self._policy)

    @property
    def idempotency(self) -> GuardedIdempotencyRecords:
        return GuardedIdempotencyRecords(self._inner.idempotency, self._policy)

    @property
    def audit(self) -> GuardedAuditTrail:
        return GuardedAuditTrail(self._inner.audit, self._policy)

    @property
    def expired(self) -> GuardedExpiredRecords:
        return GuardedExpiredRecords(self._inner.expired, self._policy)

    async def __aenter__(self) -> Self:
        await self._policy.run("transaction.begin", self._inner.__aenter__)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._inner.__aexit__(kind, error, trace)

    async def commit(self) -> None:
        await self._policy.run("transaction.commit", self._inner.commit)
