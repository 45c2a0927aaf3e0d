import asyncio
from asyncio import Event
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import pytest

from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.resilience.publishing_unit_of_work import PublishingUnits
from application.ports.audit_trail import AuditTrail
from application.ports.event_publisher import EventPublisher
from application.ports.expired_records import ExpiredRecords
from application.ports.idempotency_records import IdempotencyRecords
from application.ports.session_repository import SessionRepository
from application.ports.unit_of_work import UnitOfWork
from application.ports.user_repository import UserRepository
from domain.events import DomainEvent
from domain.session.events import SessionOpened
from domain.user.events import RoleGranted, UserRegistered
from domain.user.role import Role
from tests.world import World, world


class Journal(EventPublisher):
    def __init__(self) -> None:
        self.events: list[DomainEvent] = []

    async def publish(self, events: Sequence[DomainEvent]) -> None:
        self.events.extend(events)


def units_of(here: World, journal: Journal) -> PublishingUnits:
    inner = here.container.database().unit_of_work
    return PublishingUnits(inner, journal, here.container.entries())


async def test_nothing_is_told_without_a_commit() -> None:
    async with world() as here:
        ann = (await here.register()).user
        journal = Journal()
        units = PublishingUnits(
            here.container.database().unit_of_work, journal, here.container.entries()
        )

        async with units() as uow:
            user = await uow.users.get(ann.id)
            assert user is not None
            user.grant(Role("editor"), here.clock.now())
            await uow.users.save(user)

        assert journal.events == []


async def test_events_of_all_that_was_in_hand_are_told_once_after_the_commit() -> None:
    async with world() as here:
        ann = (await here.register()).user
        journal = Journal()
        units = PublishingUnits(
            here.container.database().unit_of_work, journal, here.container.entries()
        )

        async with units() as uow:
            user = await uow.users.get(ann.id)
            assert user is not None
            user.grant(Role("editor"), here.clock.now())
            await uow.users.save(user)
            await uow.users.save(user)
            assert journal.events == []
            await uow.commit()

        assert [type(event) for event in journal.events] == [RoleGranted]


async def test_events_of_a_commit_that_failed_are_not_told() -> None:
    class Failing(UnitOfWork):
        def __init__(self, inner: UnitOfWork) -> None:
            self.inner = inner

        @property
        def users(self) -> UserRepository:
            return self.inner.users

        @property
        def sessions(self) -> SessionRepository:
            return self.inner.sessions

        @property
        def idempotency(self) -> IdempotencyRecords:
            return self.inner.idempotency

        @property
        def audit(self) -> AuditTrail:
            return self.inner.audit

        @property
        def expired(self) -> ExpiredRecords:
            return self.inner.expired

        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(
            self,
            kind: type[BaseException] | None,
            error: BaseException | None,
            trace: TracebackType | None,
        ) -> None: ...

        async def commit(self) -> None:
            raise LookupError

    async with world() as here:
        ann = (await here.register()).user
        journal = Journal()
        async with (
            here.container.database().unit_of_work() as inner,
            PublishingUnits(lambda: Failing(inner), journal, here.container.entries())() as uow,
        ):
            user = await uow.users.get(ann.id)
            assert user is not None
            user.grant(Role("editor"), here.clock.now())
            with pytest.raises(LookupError):
                await uow.commit()

        assert journal.events == []


async def test_a_caller_that_leaves_during_the_commit_does_not_stop_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    committing, go_on = Event(), Event()
    real = MemoryUnitOfWork.commit

    async def slow(self: MemoryUnitOfWork) -> None:
        committing.set()
        await go_on.wait()
        await real(self)

    async with world() as here:
        monkeypatch.setattr(MemoryUnitOfWork, "commit", slow)
        task = asyncio.create_task(here.register())
        await committing.wait()
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert (await here.log_in()).user.email == "ann@example.com"
        assert [type(event) for event in here.events[:2]] == [UserRegistered, SessionOpened]


async def test_a_caller_that_leaves_before_the_commit_takes_its_work_along() -> None:
    async with world() as here:
        database = here.container.database()
        holding, leave = Event(), Event()

        async def hold() -> None:
            async with database.unit_of_work():
                holding.set()
                await leave.wait()

        holder = asyncio.create_task(hold())
        await holding.wait()
        task = asyncio.create_task(here.register())
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        leave.set()
        await holder

        await here.register()
