import asyncio
from asyncio import Event
from collections.abc import Sequence

import pytest

from adapters.sqlite.transaction import SqliteTransaction
from application.audit.entries import AuditedEvents
from application.ports.event_publisher import EventPublisher
from application.ports.user_repository import USERS
from domain.events import DomainEvent
from domain.session.events import SessionOpened
from domain.user.events import RoleGranted, UserRegistered
from domain.user.role import Role
from tests.builders import a_user
from tests.faulty import Faults
from tests.storage import a_unit
from tests.world import World, world


class Journal(EventPublisher):
    def __init__(self) -> None:
        self.events: list[DomainEvent] = []

    async def publish(self, events: Sequence[DomainEvent]) -> None:
        self.events.extend(events)


def a_recorder(here: World, journal: Journal) -> AuditedEvents:
    return AuditedEvents(entries=here.container.entries(), publisher=journal)


async def test_nothing_is_published_without_a_commit() -> None:
    async with world() as here:
        ann = (await here.register()).user
        journal = Journal()
        recorder = a_recorder(here, journal)

        async with here.container.database().unit_of_work(recorder) as uow:
            user = await uow.repository(USERS).get(ann.id)
            assert user is not None
            user.grant(Role("editor"), here.clock.now())
            await uow.repository(USERS).save(user)

        assert journal.events == []


async def test_events_of_all_that_was_in_hand_are_published_once_after_the_commit() -> None:
    async with world() as here:
        ann = (await here.register()).user
        journal = Journal()
        recorder = a_recorder(here, journal)

        async with here.container.database().unit_of_work(recorder) as uow:
            user = await uow.repository(USERS).get(ann.id)
            assert user is not None
            user.grant(Role("editor"), here.clock.now())
            await uow.repository(USERS).save(user)
            await uow.repository(USERS).save(user)
            assert journal.events == []
            await uow.commit()

        assert [type(event) for event in journal.events] == [RoleGranted]


async def test_events_of_a_commit_that_failed_are_not_published() -> None:
    faults = Faults()
    async with world(faults=faults) as here:
        ann = (await here.register()).user
        journal = Journal()
        async with here.container.database().unit_of_work(a_recorder(here, journal)) as uow:
            user = await uow.repository(USERS).get(ann.id)
            assert user is not None
            user.grant(Role("editor"), here.clock.now())
            faults.add("commit", LookupError())
            with pytest.raises(LookupError):
                await uow.commit()

        assert journal.events == []


async def test_events_of_a_rejected_import_are_not_published() -> None:
    async with world() as here:
        ann = (await here.register()).user
        journal = Journal()
        taken, new = a_user(email=ann.email), a_user()
        for user in (taken, new):
            user.mark_imported(here.clock.now())

        async with here.container.database().unit_of_work(a_recorder(here, journal)) as uow:
            await uow.repository(USERS).add_new([taken, new])
            await uow.commit()

        assert [event.user_id for event in journal.events] == [new.id]


async def test_a_caller_that_leaves_during_the_commit_does_not_stop_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    committing, go_on = Event(), Event()
    real = SqliteTransaction.commit

    async def slow(self: SqliteTransaction) -> None:
        committing.set()
        await go_on.wait()
        await real(self)

    async with world() as here:
        monkeypatch.setattr(SqliteTransaction, "commit", slow)
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
            async with a_unit(database):
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
