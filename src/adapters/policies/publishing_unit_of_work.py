"""Events that are told once they are true."""

from types import TracebackType
from typing import Self

from adapters.policies.finish import finish
from adapters.policies.tracking import Tracked, TrackingSessions, TrackingUsers
from application.ports.event_publisher import EventPublisher
from application.ports.idempotency_records import IdempotencyRecords
from application.ports.session_repository import SessionRepository
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.ports.user_repository import UserRepository


class PublishingUnitOfWork(UnitOfWork):
    """Publishes the events of every aggregate that was in hand, after the commit.

    The commit is shielded: a caller that goes away cancels the work before it, not the commit.
    """

    def __init__(self, inner: UnitOfWork, publisher: EventPublisher) -> None:
        self._inner = inner
        self._publisher = publisher
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
        await finish(self._commit_and_publish())

    async def _commit_and_publish(self) -> None:
        events = [event for aggregate in self._seen for event in aggregate.pull_events()]
        await self._inner.commit()
        await self._publisher.publish(events)


class PublishingUnits(UnitOfWorkFactory):
    """Makes units of work that publish."""

    def __init__(self, inner: UnitOfWorkFactory, publisher: EventPublisher) -> None:
        self._inner = inner
        self._publisher = publisher

    def __call__(self) -> UnitOfWork:
        return PublishingUnitOfWork(self._inner(), self._publisher)
