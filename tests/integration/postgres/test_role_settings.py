"""Settings of a role or database that change what values mean, and encodings that hold fewer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from adapters.migrations import runner
from application.errors import DatabaseFailure
from application.ports.account_stream import ACCOUNT_STREAM
from application.ports.session_reader import SESSION_READER
from application.ports.session_repository import SESSIONS
from application.ports.user_repository import USERS
from application.session.views import SessionQuery
from tests.builders import NOW, a_session, a_user
from tests.integration.postgres.opened import opened
from tests.integration.processes import armature
from tests.services.urls import database_of, with_database
from tests.storage import a_unit
from tests.unit.contracts.database import load, store, store_session

SETTINGS = {
    "datestyle": ["German, DMY", "SQL, MDY", "Postgres, DMY"],
    "timezone": ["Europe/Berlin", "Asia/Kathmandu", "<+05>-05", "America/New_York"],
    "client_encoding": ["LATIN1", "SQL_ASCII"],
    "intervalstyle": ["iso_8601"],
    "bytea_output": ["escape"],
    "extra_float_digits": ["-15"],
    "standard_conforming_strings": ["off"],
    "backslash_quote": ["on"],
    "array_nulls": ["off"],
    "transform_null_equals": ["on"],
    "quote_all_identifiers": ["on"],
    "default_transaction_isolation": ["serializable", "repeatable read"],
    "default_transaction_deferrable": ["on"],
    "plan_cache_mode": ["force_generic_plan"],
    "row_security": ["off"],
    "lc_messages": ["C"],
    "client_min_messages": ["debug1"],
    "xmloption": ["document"],
}


def alter(url: str, name: str, value: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("ALTER DATABASE {} SET {} = {}").format(
                sql.Identifier(database_of(url)),
                sql.Identifier(name),
                sql.SQL(", ").join(map(sql.Literal, value.split(", "))),
            )
        )


async def use(url: str, **options: int) -> None:
    """Write and read what has times, bytes, arrays, JSON and letters beyond ASCII."""
    user = a_user(email="jörg@example.com")
    async with opened(url, **options) as database:
        await store(database, user)
        session, token = await store_session(database, *a_session(user))
        async with a_unit(database) as unit:
            added = a_user()
            await unit.repository(USERS).add_new([added])
            found = await unit.repository(SESSIONS).find_by_token(token.digest)
            await unit.commit()
        await database.check()
        again = await load(database, user)
        query = SessionQuery(user_id=user.id, limit=1)
        (shown,) = await database.reader(SESSION_READER).page(query)
        pages = [page async for page in database.reader(ACCOUNT_STREAM).pages(10)]

    assert (again.created_at, again.created_at.tzname()) == (NOW, "UTC")
    assert again.email.written == user.email.written
    assert again.roles == user.roles
    assert found is not None
    assert found[1].digest == token.digest
    assert found[0].expires_at == session.expires_at
    assert shown.created_at == session.created_at
    assert {each.id for page in pages for each in page} == {user.id, added.id}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in SETTINGS.items() for value in values]
)
async def test_a_setting_of_the_role_changes_nothing(
    migrated_postgres_url: str, name: str, value: str
) -> None:
    alter(migrated_postgres_url, name, value)

    await use(migrated_postgres_url)


@pytest.mark.pgbouncer
@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, values[0])
        for name, values in SETTINGS.items()
        # PgBouncer reads what it is told at log-in, and knows these encodings of clients itself.
        if name != "client_min_messages"
    ],
)
async def test_nor_does_it_behind_pgbouncer(
    migrated_postgres_url: str, pgbouncer_url: str, name: str, value: str
) -> None:
    alter(migrated_postgres_url, name, value)

    await use(pgbouncer_url, prepare_threshold=0)


@contextmanager
def encoded(server_url: str, encoding: str) -> Iterator[str]:
    name = f"encoded_{encoding.lower()}_{id(object())}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LOCALE 'C' LOCALE_PROVIDER libc"
            ).format(sql.Identifier(name), sql.Literal(encoding))
        )
        try:
            yield with_database(server_url, name)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_cannot_hold_every_letter_is_refused(
    postgres_server_url: str, tmp_path: Path, encoding: str
) -> None:
    def upgrade() -> None:
        runner.upgrade(url)

    with encoded(postgres_server_url, encoding) as url:
        with pytest.raises(DatabaseFailure) as at_start:
            async with opened(url):
                pass
        with pytest.raises(DatabaseFailure) as at_upgrade:
            upgrade()
        code, out, _ = armature(
            tmp_path,
            ["doctor", "--json"],
            APP_ENV="test",
            JWT_SECRET="a secret for tests only, of enough bytes",
            CACHE_URL="none://",
            DATABASE_URL=url,
        )

    for caught in (at_start, at_upgrade):
        detail = str(caught.value.context["detail"])
        assert detail.startswith(f"The database is encoded in {encoding}, and has to be in UTF8:")
    assert code != 0
    assert "database encoding" in out
    assert f"is encoded in {encoding}" in out


async def test_pages_are_in_the_order_of_ids_whatever_the_collation(
    postgres_database: Callable[[], str],
) -> None:
    """What is compared as text is compared by bytes, since `email_key` has the collation C."""
    url = postgres_database()
    runner.upgrade(url)

    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT column_name, collation_name FROM information_schema.columns"
            " WHERE table_name = 'users' AND column_name = 'email_key'"
        ).fetchall()

    assert rows == [("email_key", "C")]
