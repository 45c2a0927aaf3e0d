"""What every `Database` does: the suite, and the steps that the other suites share."""

import asyncio
from collections.abc import Awaitable, Iterable

import pytest

from application.errors import DependencyUnavailable
from application.ports.database import Database
from application.ports.session_repository import SESSIONS
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session
from domain.user.user import User
from tests.builders import a_session, a_user
from tests.storage import a_unit

LONG = 10.0
"""Seconds that nothing here takes, unless it waits for something that never happens."""


async def store(database: Database, *users: User) -> None:
    async with a_unit(database) as unit:
        for user in users:
            await unit.repository(USERS).add(user)
        await unit.commit()


async def store_session(
    database: Database, session: Session, *tokens: RefreshToken
) -> tuple[Session, RefreshToken]:
    """Store a session of a user who is stored already."""
    async with a_unit(database) as unit:
        await unit.repository(SESSIONS).add(session, tokens[0])
        for token in tokens[1:]:
            await unit.repository(SESSIONS).add_token(token)
        await unit.commit()
    return session, tokens[0]


async def load(database: Database, user: User) -> User:
    async with a_unit(database) as unit:
        found = await unit.repository(USERS).get(user.id)
    assert found is not None
    return found


async def together(calls: Iterable[Awaitable[object]]) -> list[object]:
    """Run the calls at once; give each one's result, or what it raised."""
    async with asyncio.timeout(3 * LONG):
        return await asyncio.gather(*calls, return_exceptions=True)


class DatabaseContract:
    """Give it an open `database` by a fixture."""

    async def test_passes_its_own_check(self, database: Database) -> None:
        await database.check()

        assert database.name == "database"

    async def test_can_be_closed_twice(self, database: Database) -> None:
        await database.close()
        await database.close()

    async def test_reads_while_a_unit_is_open(self, database: Database) -> None:
        user = a_user()
        await store(database, user)

        async with asyncio.timeout(LONG), a_unit(database) as unit:
            locked = await unit.repository(USERS).get(user.id)
            assert locked is not None
            await unit.repository(USERS).save(locked)
            seen = await together(database.reader(USER_READER).get(user.id) for _ in range(30))

        assert [view.id for view in seen if view is not None] == [user.id] * 30  # type: ignore[attr-defined]  # what is not a view fails here

    async def test_serves_after_many_calls_were_cancelled(self, database: Database) -> None:
        user = a_user()
        await store(database, user)

        async def log_in() -> None:
            async with a_unit(database) as unit:
                session, token = a_session(user)
                await unit.repository(SESSIONS).add(session, token)
                await unit.commit()

        for turns in range(12):
            tasks = [asyncio.create_task(log_in()) for _ in range(3)]
            tasks += [asyncio.create_task(_read(database, user)) for _ in range(9)]
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await together(tasks)

        async with asyncio.timeout(LONG):
            await log_in()
            await together(_read(database, user) for _ in range(30))


class RemoteDatabaseContract:
    """For those that have something outside this process, which has to be opened first."""

    async def test_keeps_what_it_holds_when_closed_and_opened_again(
        self, database: Database
    ) -> None:
        user = a_user()
        await store(database, user)

        await database.close()
        await database.open()

        assert await database.reader(USER_READER).get(user.id) is not None

    async def test_is_unavailable_when_not_open(self, database: Database) -> None:
        await database.close()

        with pytest.raises(DependencyUnavailable):
            await database.reader(USER_READER).get(a_user().id)
        with pytest.raises(DependencyUnavailable):
            await database.check()
        with pytest.raises(DependencyUnavailable):
            async with a_unit(database):
                pass


async def _read(database: Database, user: User) -> None:
    await database.reader(USER_READER).get(user.id)
