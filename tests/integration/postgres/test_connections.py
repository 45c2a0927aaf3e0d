"""Servers that refuse, go away or are full, and connections that outlive them."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from adapters.postgres import connections
from adapters.postgres.database import create
from application.errors import (
    DatabaseFailure,
    DependencyUnavailable,
    DuplicateKey,
)
from application.invalid_settings import InvalidSettings
from application.ports.database import Database
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from application.settings import DatabaseSettings
from domain.user.bio import Bio
from tests.builders import NOW, a_user
from tests.integration.postgres.opened import opened, settings_for
from tests.services.proxy import Proxy
from tests.services.urls import with_database
from tests.storage import a_unit, driver_of
from tests.unit.contracts.database import LONG, load, store, together

SERVERS_END = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'armature'
"""


def end_connections(url: str) -> int:
    """End all connections of the service, as a restart of the server does."""
    with psycopg.connect(url, autocommit=True) as admin:
        return len(admin.execute(SERVERS_END).fetchall())


async def test_a_server_that_is_not_there_is_told_at_once() -> None:
    url = "postgresql://somebody:hunter2@127.0.0.1:1/app"

    async with asyncio.timeout(connections.PATIENCE):
        with pytest.raises(DependencyUnavailable) as caught:
            async with opened(url):
                pass

    assert "refused" in str(caught.value.context["detail"])
    assert "hunter2" not in str(caught.value.context)


async def test_a_database_that_is_not_there_is_unavailable(migrated_postgres_url: str) -> None:
    with pytest.raises(DependencyUnavailable) as caught:
        async with opened(with_database(migrated_postgres_url, "nowhere")):
            pass

    assert "nowhere" in str(caught.value.context["detail"])


async def test_a_schema_that_is_not_there_has_to_be_migrated(postgres_url: str) -> None:
    with pytest.raises(DatabaseFailure) as caught:
        async with opened(postgres_url):
            pass

    assert "armature db upgrade" in str(caught.value.context["detail"])


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@h/d?nonsense=1", "postgresql://[::1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidSettings, match="DATABASE_URL") as caught:
        create(url, settings_for(url))

    assert "hunter2" not in str(caught.value)


async def test_idle_connections_that_the_server_ended_are_replaced(
    migrated_postgres_url: str,
) -> None:
    user = a_user()
    async with opened(migrated_postgres_url, pool_min=4, pool_max=4) as database:
        await store(database, user)
        await together(database.reader(USER_READER).get(user.id) for _ in range(8))

        # All that there are: on a busy machine the pool may not have made the last one yet.
        assert await asyncio.to_thread(end_connections, migrated_postgres_url) > 0

        async with asyncio.timeout(LONG):
            found = await together(database.reader(USER_READER).get(user.id) for _ in range(12))
            await store(database, a_user())
    assert {getattr(view, "id", view) for view in found} == {user.id}


async def test_a_connection_lost_inside_a_unit_is_unavailable(
    migrated_postgres_url: str, database: Database
) -> None:
    user = a_user()

    async def lose_it() -> None:
        async with a_unit(database) as unit:
            await unit.repository(USERS).add(user)
            await asyncio.to_thread(end_connections, migrated_postgres_url)
            await unit.commit()

    with pytest.raises(DependencyUnavailable):
        await lose_it()

    assert await database.reader(USER_READER).get(user.id) is None
    await store(database, user)


async def test_a_full_pool_does_not_keep_callers_for_ever(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.1)
    async with opened(migrated_postgres_url, pool_max=1) as database:
        async with a_unit(database):
            with pytest.raises(DependencyUnavailable):
                await database.reader(USER_READER).get(a_user().id)

        await store(database, a_user())


async def test_who_is_cancelled_as_the_pool_has_a_connection_does_not_go_on(
    migrated_postgres_url: str,
) -> None:
    async with opened(migrated_postgres_url, pool_max=1) as database:

        async def wait() -> None:
            async with a_unit(database):
                assert not is_cancelled
                await asyncio.Event().wait()

        for turns in range(20):
            is_cancelled = False
            async with a_unit(database):
                waiting = asyncio.create_task(wait())
                await asyncio.sleep(0)
            for _ in range(turns):
                await asyncio.sleep(0)
            is_cancelled = waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

        await store(database, a_user())


@pytest.mark.parametrize("bio", ["a\0b", "\ud800"])
async def test_text_that_cannot_be_stored_is_a_failure_without_it(
    database: Database, bio: str
) -> None:
    user = a_user()
    user.bio = Bio(bio)

    with pytest.raises(DatabaseFailure) as caught:
        await store(database, user)

    assert bio not in repr(caught.value.context)
    await store(database, a_user())


async def test_an_error_in_a_value_is_never_told(database: Database) -> None:
    user = a_user(email="secret@example.com")
    await store(database, user)

    with pytest.raises(DuplicateKey) as caught:
        await store(database, a_user(id=user.id))

    assert str(user.id) not in repr(caught.value.context)
    assert caught.value.context["constraint"] == "users_pkey"


async def test_prepares_no_statement_when_told_not_to(
    migrated_postgres_url: str,
) -> None:
    async def prepared(threshold: int) -> int:
        async with opened(
            migrated_postgres_url, pool_max=1, prepare_threshold=threshold
        ) as database:
            for _ in range(5):
                await database.reader(USER_READER).get(a_user().id)
            async with driver_of(database)._connections.taken() as connection:  # type: ignore[attr-defined]  # to ask its server
                cursor = await connection.execute("SELECT count(*) FROM pg_prepared_statements")
                return int((await cursor.fetchone())[0])

    assert await prepared(0) == 0
    assert await prepared(1) > 0


async def test_times_are_utc_whatever_the_server_says(
    migrated_postgres_url: str,
) -> None:
    user = a_user()
    async with opened(migrated_postgres_url) as database:
        await store(database, user)
        with psycopg.connect(migrated_postgres_url, autocommit=True) as admin:
            admin.execute(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = %L',"
                " current_database(), 'Europe/Berlin'); END $$"
            )
    async with opened(migrated_postgres_url) as database:
        found = await load(database, user)

    assert found.created_at == NOW
    assert found.created_at.tzname() == "UTC"


async def test_two_databases_are_apart(postgres_database: Callable[[], str]) -> None:
    from adapters.migrations.runner import upgrade

    urls = [postgres_database(), postgres_database()]
    for url in urls:
        upgrade(url)
    user = a_user()
    async with opened(urls[0]) as one, opened(urls[1]) as two:
        await store(one, user)

        assert await two.reader(USER_READER).get(user.id) is None


async def test_who_waits_is_served_when_the_server_returns_after_the_pool_gave_up(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "GIVE_UP", 0.05)
    gave_up = asyncio.Event()
    reconnect = connections.Connections._reconnect_for_waiting

    def noticed(self: connections.Connections, pool: Any) -> None:  # noqa: ANN401 - as it is called
        gave_up.set()
        reconnect(self, pool)

    monkeypatch.setattr(connections.Connections, "_reconnect_for_waiting", noticed)
    with TemporaryDirectory() as folder:
        proxy = Proxy(migrated_postgres_url, Path(folder))
        pool = connections.Connections(proxy.url, DatabaseSettings(pool_min=1, pool_max=1))
        async with proxy.listening():
            await pool.open()
            await pool.give_back(await pool.take())
            proxy.cut()
            # The only caller, so that no other one has the pool try again.
            waiting = asyncio.create_task(pool.take())
            async with asyncio.timeout(connections.PATIENCE):
                await gave_up.wait()
                proxy.mend()
                await pool.give_back(await waiting)
            await pool.close()
