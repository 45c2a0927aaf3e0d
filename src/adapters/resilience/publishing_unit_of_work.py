"""Unit of work that audits domain events and publishes them after the commit."""

from types import TracebackType
from typing import Self

from adapters.resilience.tracking import Tracked, TrackingSessions, TrackingUsers
from application.audit.entries import AuditEntries
from application.ports.audit_trail import AuditTrail
from application.ports.event_publisher import EventPublisher
from application.ports.expired_records import ExpiredRecords
from application.ports.idempotency_records import IdempotencyRecords
from application.ports.session_repository import SessionRepository
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.ports.user_repository import UserRepository
from application.shielding import shield_to_completion


class PublishingUnitOfWork(UnitOfWork):
    """Writes down the events of every aggregate that was in hand, commits, and publishes them.

    The commit is shielded: a caller that goes away cancels the work before it, not the commit.
    """

    def __init__(self, inner: UnitOfWork, publisher: EventPublisher, entries: AuditEntries) -> None:
        self._inner = inner
        self._publisher = publisher
        self._entries = entries
        self._seen: Tracked = []

    @property
    def users(self) -> UserRepository:
        return TrackingUsers(self._inner.users, self._seen)

    @property
    def sessions(self) -> SessionRepository:
        return TrackingSessions(self._inner.sessions, self._seen)

    @property
    def idempotency(self) -> IdempotencyRecords:
        return self._inner.idempotency

    @property
    def audit(self) -> AuditTrail:
        return self._inner.audit

    @property
    def expired(self) -> ExpiredRecords:
        return self._inner.expired

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._inner.__aexit__(kind, error, trace)

    async def commit(self) -> None:
        await shield_to_completion(self._commit_and_publish())

    async def _commit_and_publish(self) -> None:
        events = [event for aggregate in self._seen for event in aggregate.pull_events()]
        entries = self._entries.of(events)
        if entries:
            await self._inner.audit.add(entries)
        await self._inner.commit()
        await self._publisher.publish(events)


class PublishingUnits(UnitOfWorkFactory):
    """Makes units of work that write events down and publish them."""

    def __init__(
        self, inner: UnitOfWorkFactory, publisher: EventPublisher, entries: AuditEntries
    ) -> None:
        self._inner = inner
        self._publisher = publisher
        self._entries = entries

    def __call__(self) -> UnitOfWork:
        return PublishingUnitOfWork(self._inner(), self._publisher, self._entries)
