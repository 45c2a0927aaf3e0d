"""Instrumented database."""

from types import TracebackType
from typing import Self

from adapters.resilience.guarded_database import GuardedDatabase
from adapters.resilience.guarded_repositories import (
    GuardedAuditTrail,
    GuardedExpiredRecords,
    GuardedIdempotencyRecords,
    GuardedSessionRepository,
    GuardedUserRepository,
)
from adapters.resilience.pipeline import Step
from application.ports.unit_of_work import UnitOfWork


class InstrumentedDatabase(GuardedDatabase):
    """Its policy only watches: each read, and each step of a unit of work.

    It belongs inside of the breaker: what that refuses never was a call of the database.
    """

    def unit_of_work(self) -> UnitOfWork:
        return ObservedUnitOfWork(self._inner.unit_of_work(), self._policy)


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
