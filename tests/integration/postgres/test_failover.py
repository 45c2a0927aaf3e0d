"""Connections that outlive what they lead to: a server that became a standby."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import psycopg
import pytest

import containers
from adapters.memory.meter import MemoryMeter
from adapters.postgres import connections
from adapters.postgres.connections import Connections
from adapters.resilience.sampler import Sampler
from application.errors import DatabaseReadOnly
from application.health.check_readiness import CheckReadiness
from application.metrics import DATABASE_READ_ONLY
from application.ports.database import Database
from application.ports.session_repository import SESSIONS
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from application.settings import DatabaseSettings
from application.user.register_user import RegisterUser
from tests.builders import a_session, a_user
from tests.integration.postgres.opened import opened, settings_for
from tests.storage import a_unit, driver_of
from tests.unit.contracts.database import store
from tests.world import PASSWORD, SETTINGS

Change = Callable[[str], None]
WRITABLE = "-c default_transaction_read_only=off"


@pytest.fixture
def become(migrated_postgres_url: str) -> Change:
    """Make new connections read-only, `on`, or not, as a failover and one back do."""

    def become(read_only: str) -> None:
        with psycopg.connect(migrated_postgres_url, autocommit=True, options=WRITABLE) as admin:
            admin.execute(
                "DO $$ BEGIN EXECUTE format("
                f"'ALTER DATABASE %I SET default_transaction_read_only = {read_only}',"
                " current_database()); END $$"
            )

    return become


@pytest.fixture
async def stale(
    migrated_postgres_url: str, become: Change, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """A database whose pooled connections are read-only, and whose new ones are not."""
    monkeypatch.setattr(connections, "SETTLED", 0.0)
    become("on")
    async with opened(migrated_postgres_url, pool_min=3, pool_max=3) as database:
        pool = driver_of(database)._connections._pool  # type: ignore[attr-defined] # to wait for it
        await pool.wait()
        become("off")
        yield database


async def test_a_refused_write_leaves_no_connection_that_would_refuse_the_next(
    stale: Database,
) -> None:
    with pytest.raises(DatabaseReadOnly):
        await store(stale, a_user())

    for _ in range(6):
        await store(stale, a_user())


async def test_nor_does_one_in_a_pipeline(stale: Database) -> None:
    async def log_in() -> None:
        async with a_unit(stale) as unit:
            await unit.repository(SESSIONS).add(*a_session(user))
            await unit.commit()

    user = a_user()
    with pytest.raises(DatabaseReadOnly):
        await log_in()
    await store(stale, user)
    for _ in range(6):
        await log_in()


async def test_nor_does_one_by_copy(stale: Database) -> None:
    async def import_one() -> None:
        async with a_unit(stale) as unit:
            await unit.repository(USERS).add_new([a_user()])
            await unit.commit()

    with pytest.raises(DatabaseReadOnly):
        await import_one()
    for _ in range(6):
        await import_one()


async def test_a_check_replaces_what_is_stale(stale: Database) -> None:
    await stale.check()

    for _ in range(6):
        await store(stale, a_user())


async def test_a_check_fails_while_the_server_takes_no_writes(
    migrated_postgres_url: str, become: Change
) -> None:
    become("on")
    async with opened(migrated_postgres_url) as database:
        with pytest.raises(DatabaseReadOnly):
            await database.check()
        assert await database.reader(USER_READER).get(a_user().id) is None
        assert database.load().is_read_only


async def test_connections_are_not_made_anew_for_each_write_that_a_standby_refuses(
    migrated_postgres_url: str, become: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SETTLED", 60.0)
    become("on")
    async with opened(migrated_postgres_url, pool_max=1) as database:
        for _ in range(20):
            with pytest.raises(DatabaseReadOnly):
                await store(database, a_user())

        pool = driver_of(database)._connections._pool  # type: ignore[attr-defined] # to ask it
        assert pool.get_stats()["connections_num"] == 1


async def test_a_use_case_is_done_again_on_a_new_connection(
    migrated_postgres_url: str, become: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SETTLED", 0.0)
    become("on")
    settings = DatabaseSettings(url=migrated_postgres_url, is_default=False)
    container = containers.build(replace(SETTINGS, database=settings))
    async with containers.opened(container) as use_cases:
        readiness = await use_cases.check_readiness(CheckReadiness())
        assert {each.name: each.is_up for each in readiness.checks}["database writes"] is False
        assert not readiness.is_ready
        become("off")

        registered = await use_cases.register_user(
            RegisterUser(email="ann@example.com", password=PASSWORD)
        )

        assert registered.user.email == "ann@example.com"
        assert (await use_cases.check_readiness(CheckReadiness())).is_ready


async def test_a_gauge_shows_that_writes_fail_until_they_do_not(
    migrated_postgres_url: str, become: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SETTLED", 0.0)
    become("on")
    settings = DatabaseSettings(url=migrated_postgres_url, is_default=False)
    container = containers.build(replace(SETTINGS, database=settings))
    meter = MemoryMeter()
    async with containers.opened(container):
        sampler = Sampler(
            meter,
            database=container.database(),
            hasher=container.password_hasher(),
            active=container.active(),
            failed_open=lambda _: None,
        )
        with pytest.raises(DatabaseReadOnly):
            await store(container.database(), a_user())
        await sampler.look()
        assert meter.value(DATABASE_READ_ONLY) == 1
        become("off")
        # The pool may still be making connections that it began before.
        for _ in range(10):
            await sampler.look()
            if not meter.value(DATABASE_READ_ONLY):
                break

        assert meter.value(DATABASE_READ_ONLY) == 0


def test_the_defaults_notice_a_path_that_is_gone_unless_the_url_says_otherwise() -> None:
    url = "postgresql://u@h/d?keepalives_idle=7&tcp_user_timeout=1"

    found = Connections(url, settings_for(url).database)._conninfo

    assert {"keepalives=1", "keepalives_idle=7", "keepalives_interval=10"} <= {*found.split()}
    assert "tcp_user_timeout=1" in found
