"""What every `UnitOfWork` does."""

import asyncio

import pytest

from application.errors import DuplicateKey
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.credential_reader import CREDENTIALS
from application.ports.database import Database
from application.ports.session_reader import SESSION_READER
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWork
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS, UserRepository
from application.session.views import SessionQuery
from domain.errors import DomainError
from domain.session.events import SessionOpened
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session
from domain.user.events import UserDeactivated, UserRegistered
from domain.user.name import PersonName
from domain.user.user import User
from tests.builders import NOW, a_session, a_user, an_email, an_entry, an_id
from tests.storage import EventJournal, a_unit
from tests.unit.contracts.database import LONG, load, store, store_session, together


class _Oops(Exception):
    pass


class UnitOfWorkContract:
    """Give it an open `database` by a fixture."""

    async def test_what_is_committed_is_true(self, database: Database) -> None:
        user = a_user()

        async with a_unit(database) as unit:
            await unit.repository(USERS).add(user)
            await unit.commit()

        assert await database.reader(USER_READER).get(user.id) is not None

    async def test_leaving_without_a_commit_rolls_back(self, database: Database) -> None:
        user = a_user()

        async with a_unit(database) as unit:
            await unit.repository(USERS).add(user)

        assert await database.reader(USER_READER).get(user.id) is None

    async def test_an_error_rolls_everything_back(self, database: Database) -> None:
        old, new = a_user(), a_user()
        await store(database, old)

        with pytest.raises(_Oops):
            await self._change_then_fail(database, old, new)

        assert await database.reader(USER_READER).get(new.id) is None
        assert (await load(database, old)).name == old.name
        assert (
            await database.reader(SESSION_READER).page(SessionQuery(user_id=old.id, limit=9)) == ()
        )

    async def test_a_write_that_is_refused_takes_all_others_with_it(
        self, database: Database
    ) -> None:
        user = a_user()
        await store(database, user)
        session, token = await store_session(database, *a_session(user))
        other, _ = a_session(new := a_user())

        with pytest.raises(DuplicateKey):
            await self._sign_up(database, new, other, token)

        assert await database.reader(USER_READER).get(new.id) is None
        assert await database.reader(SESSION_READER).find_live(other.id, NOW) is None
        assert await database.reader(SESSION_READER).find_live(session.id, NOW) is not None
        async with asyncio.timeout(LONG):
            await store(database, new)

    async def test_what_was_refused_cannot_be_committed_after_all(self, database: Database) -> None:
        user = a_user()
        await store(database, user)
        _, token = await store_session(database, *a_session(user))
        other, _ = a_session(user)

        async with a_unit(database) as unit:
            await unit.repository(USERS).add(new := a_user())
            for _ in range(2):
                with pytest.raises(DomainError):
                    await self._commit(unit, other, token)

        assert await database.reader(USER_READER).get(new.id) is None

    async def test_sees_its_own_changes(self, database: Database) -> None:
        user = a_user()
        session, token = a_session(user)

        async with a_unit(database) as unit:
            await unit.repository(USERS).add(user)
            await unit.repository(SESSIONS).add(session, token)

            assert await unit.repository(USERS).get(user.id) is not None
            assert await unit.repository(SESSIONS).get(session.id) is not None
            assert await unit.repository(SESSIONS).find_by_token(token.digest) is not None

            session.generation = 5
            await unit.repository(SESSIONS).save(session)
            found = await unit.repository(SESSIONS).get(session.id)
            assert found is not None
            assert found.generation == 5

    async def test_nobody_sees_what_is_not_committed(self, database: Database) -> None:
        user = a_user()
        session, token = a_session(user)

        async with a_unit(database) as unit:
            await unit.repository(USERS).add(user)
            await unit.repository(SESSIONS).add(session, token)

            assert await database.reader(USER_READER).get(user.id) is None
            assert await database.reader(CREDENTIALS).by_id(user.id) is None
            assert await database.reader(SESSION_READER).find_live(session.id, NOW) is None
            await unit.commit()

        assert await database.reader(SESSION_READER).find_live(session.id, NOW) is not None

    async def test_cannot_be_used_before_it_is_entered_or_after_its_commit(
        self, database: Database
    ) -> None:
        unit = a_unit(database)
        with pytest.raises(RuntimeError):
            _ = unit.repository(USERS)
        async with unit:
            await unit.commit()
            with pytest.raises(RuntimeError):
                _ = unit.repository(SESSIONS)
            with pytest.raises(RuntimeError):
                await unit.commit()

    async def test_changes_of_one_user_wait_for_each_other(self, database: Database) -> None:
        user = a_user(name="0")
        await store(database, user)

        async def count_up() -> None:
            async with a_unit(database) as unit:
                found = await unit.repository(USERS).get(user.id)
                assert found is not None
                found.rename(PersonName(f"{int(str(found.name)) + 1}"), NOW)
                await unit.repository(USERS).save(found)
                await unit.commit()

        assert await together(count_up() for _ in range(30)) == [None] * 30
        assert (await load(database, user)).name == PersonName("30")

    async def test_a_cancelled_unit_rolls_back_and_holds_nobody_up(
        self, database: Database
    ) -> None:
        old, new = a_user(), a_user()
        await store(database, old)
        changed = asyncio.Event()

        async def hang() -> None:
            async with a_unit(database) as unit:
                await self._change(unit.repository(USERS), old)
                await unit.repository(USERS).add(new)
                changed.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(hang())
        async with asyncio.timeout(LONG):
            await changed.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await load(database, old)).name == old.name
            await store(database, new)

    async def test_a_unit_cancelled_while_it_waits_holds_nobody_up(
        self, database: Database
    ) -> None:
        user = a_user()
        await store(database, user)

        async with a_unit(database) as unit:
            assert await unit.repository(USERS).get(user.id) is not None
            waiting = [asyncio.create_task(load(database, user)) for _ in range(3)]
            done, _ = await asyncio.wait(waiting, timeout=0.05)
            assert not done
            for task in waiting:
                task.cancel()
            outcomes = await together(waiting)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
        async with asyncio.timeout(LONG):
            assert (await load(database, user)).id == user.id

    async def test_a_unit_cancelled_at_any_moment_is_all_or_nothing(
        self, database: Database
    ) -> None:
        for turns in range(25):
            user = a_user()
            task = asyncio.create_task(self._register(database, user))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await together([task])

            query = SessionQuery(user_id=user.id, limit=9)
            async with asyncio.timeout(LONG):
                # A server may still be at the commit that its caller gave up.
                while len(await database.reader(SESSION_READER).page(query)) != int(
                    await self._exists(database, user)
                ):
                    continue

    async def test_events_of_what_was_stored_or_read_are_recorded_and_then_published(
        self, database: Database
    ) -> None:
        journal = EventJournal()
        user = User.register(id=an_id(), email=an_email(), name=None, password_hash="x", now=NOW)
        async with database.unit_of_work(journal) as unit:
            await unit.repository(USERS).add(user)
            await unit.repository(SESSIONS).add(*a_session(user))
            assert journal.recorded == []
            await unit.commit()
        async with database.unit_of_work(journal) as unit:
            found = await unit.repository(USERS).get(user.id)
            assert found is not None
            found.deactivate(NOW)
            await unit.repository(USERS).save(found)
            await unit.repository(USERS).save(found)
            await unit.commit()

        assert [*map(type, journal.recorded)] == [UserRegistered, SessionOpened, UserDeactivated]
        assert journal.published == journal.recorded

    async def test_events_of_a_unit_without_a_commit_are_nobodys(self, database: Database) -> None:
        journal = EventJournal()
        async with database.unit_of_work(journal) as unit:
            await unit.repository(SESSIONS).add(*a_session(a_user()))

        assert (journal.recorded, journal.published) == ([], [])

    @staticmethod
    async def _sign_up(
        database: Database, user: User, session: Session, token: RefreshToken
    ) -> None:
        async with a_unit(database) as unit:
            await unit.repository(USERS).add(user)
            await unit.repository(SESSIONS).add(session, token)
            await unit.repository(AUDIT_TRAIL).add([an_entry(user.id)])
            await unit.commit()

    @staticmethod
    async def _commit(unit: UnitOfWork, session: Session, token: RefreshToken) -> None:
        await unit.repository(SESSIONS).add(session, token)
        await unit.commit()

    @staticmethod
    async def _register(database: Database, user: User) -> None:
        async with a_unit(database) as unit:
            await unit.repository(USERS).add(user)
            session, token = a_session(user)
            await unit.repository(SESSIONS).add(session, token)
            await unit.commit()

    @staticmethod
    async def _exists(database: Database, user: User) -> bool:
        """Ask in a unit, which begins after the cancelled one ended."""
        async with asyncio.timeout(LONG), a_unit(database) as unit:
            return await unit.repository(USERS).get(user.id) is not None

    @classmethod
    async def _change_then_fail(cls, database: Database, old: User, new: User) -> None:
        async with a_unit(database) as unit:
            await cls._change(unit.repository(USERS), old)
            await unit.repository(USERS).add(new)
            session, token = a_session(old)
            await unit.repository(SESSIONS).add(session, token)
            raise _Oops

    @staticmethod
    async def _change(users: UserRepository, user: User) -> None:
        found = await users.get(user.id)
        assert found is not None
        found.rename(PersonName("Changed"), NOW)
        await users.save(found)
