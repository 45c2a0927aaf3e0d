import sqlite3
from contextlib import closing

import pytest

from adapters.sqlite import connections
from application.errors import DatabaseBusy, DatabaseFailure
from application.ports.database import Database
from application.ports.session_reader import SESSION_READER
from application.ports.session_repository import SESSIONS
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from tests.builders import NOW, a_session, a_user
from tests.integration.sqlite.opened import opened
from tests.storage import a_unit
from tests.unit.contracts.database import store, store_session
from tests.unit.contracts.unit_of_work import UnitOfWorkContract


class TestSqliteUnitOfWork(UnitOfWorkContract):
    pass


async def test_nothing_is_written_by_a_unit_that_could_not_begin(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    user = a_user()
    path = migrated_sqlite_url.removeprefix("sqlite:///")
    async with opened(migrated_sqlite_url) as database:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with a_unit(database) as unit:
                with pytest.raises(DatabaseBusy):
                    await unit.repository(USERS).add(user)
                other.execute("ROLLBACK")
                # It would be outside of a transaction, and true at once.
                with pytest.raises(DatabaseFailure):
                    await unit.repository(USERS).add(user)

        assert await database.reader(USER_READER).get(user.id) is None
        await store(database, user)


async def test_a_write_that_nothing_came_after_is_not_done(database: Database) -> None:
    await store(database, user := a_user())
    session, token = await store_session(database, *a_session(user))

    async with a_unit(database) as unit:
        session.generation = 5
        await unit.repository(SESSIONS).save(session)

    async with a_unit(database) as unit:
        found = await unit.repository(SESSIONS).find_by_token(token.digest)
    assert found is not None
    assert found[0].generation == 0
    assert await database.reader(SESSION_READER).find_live(session.id, NOW) is not None
