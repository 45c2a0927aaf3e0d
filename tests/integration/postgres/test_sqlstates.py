"""Every SQLSTATE that the table knows, raised by a real server."""

import asyncio
import logging
from collections.abc import AsyncIterator

import psycopg
import pytest

from adapters.migrations.errors import _is_out_of_reach
from adapters.postgres.errors import MEANINGS, meaning_of, translated
from application.errors import (
    ConcurrentUpdate,
    DatabaseBusy,
    DatabaseFailure,
    DatabaseReadOnly,
    DatabaseUnavailable,
    DependencyUnavailable,
    DuplicateKey,
    OperationTimedOut,
)
from domain.errors import DomainError
from domain.user.errors import UserAlreadyExists

Connection = psycopg.AsyncConnection[tuple[object, ...]]

EXPECTED: dict[str, type[DomainError]] = {
    "23505": DuplicateKey,
    **dict.fromkeys(["23503", "23502", "23514", "22001", "22003", "22P02"], DatabaseFailure),
    **dict.fromkeys(["42P01", "42703", "XX001", "XX002", "XX000", "22012"], DatabaseFailure),
    **dict.fromkeys(["40001", "40P01"], ConcurrentUpdate),
    **dict.fromkeys(["0A000", "26000", "42P05"], DatabaseFailure),
    **dict.fromkeys(["57014", "25P04"], OperationTimedOut),
    "55P03": DatabaseBusy,
    **dict.fromkeys(["25006", "53100"], DatabaseReadOnly),
    **dict.fromkeys(["57P01", "57P02", "57P03", "57P05", "25P03"], DatabaseUnavailable),
    **dict.fromkeys(["53300", "53200"], DatabaseUnavailable),
    **dict.fromkeys(["08000", "08003", "08006", "28000", "3D000", "58030"], DatabaseUnavailable),
}

GENUINE = {
    "23505": "INSERT INTO things VALUES (1, 1, 'a')",
    "23503": "INSERT INTO things VALUES (3, 7, 'a')",
    "23502": "INSERT INTO things VALUES (3, 1, NULL)",
    "23514": "INSERT INTO things VALUES (-1, 1, 'a')",
    "22001": "INSERT INTO things VALUES (3, 1, 'planted')",
    "22003": "INSERT INTO things VALUES (2147483648, 1, 'a')",
    "22P02": "INSERT INTO things VALUES ('planted', 1, 'a')",
    "22012": "SELECT 1 / 0",
    "42P01": "SELECT * FROM nothing",
    "42703": "SELECT colour FROM things",
    "57014": "SET LOCAL statement_timeout = 1; SELECT pg_sleep(10)",
    "57P01": "SELECT pg_terminate_backend(pg_backend_pid())",
    "25006": "SET TRANSACTION READ ONLY; INSERT INTO things VALUES (3, 1, 'a')",
}
"""What a server says by itself; the rest it is told to say."""

THINGS = """
CREATE TABLE things (
    id integer PRIMARY KEY CHECK (id > 0),
    parent integer NOT NULL REFERENCES things,
    name varchar(5) NOT NULL
);
INSERT INTO things VALUES (1, 1, 'one'), (2, 1, 'two');
"""


@pytest.fixture
async def connection(postgres_url: str) -> AsyncIterator[Connection]:
    connection = await psycopg.AsyncConnection.connect(postgres_url)
    await connection.execute(THINGS)
    await connection.commit()
    yield connection
    await connection.close()


async def translation(connection: Connection, statement: str) -> DomainError:
    with pytest.raises(DomainError) as caught, translated("test"):
        await connection.execute(statement)
    return caught.value


@pytest.mark.parametrize("sqlstate", EXPECTED)
async def test_a_sqlstate_has_its_error(connection: Connection, sqlstate: str) -> None:
    told = f"DO $$ BEGIN RAISE EXCEPTION 'told to' USING ERRCODE = '{sqlstate}'; END $$"

    error = await translation(connection, GENUINE.get(sqlstate, told))

    assert type(error) is EXPECTED[sqlstate]
    assert error.context["sqlstate"] == sqlstate
    assert error.context["operation"] == "test"
    assert "planted" not in f"{error.context} {error.__cause__}"


def test_every_row_of_the_table_is_expected_of_the_server() -> None:
    assert {row for row in MEANINGS if len(row) == 5} <= EXPECTED.keys()
    assert {row for row in MEANINGS if len(row) == 2} <= {sqlstate[:2] for sqlstate in EXPECTED}
    assert all(meaning.why for meaning in MEANINGS.values())


RETIRED = {
    *("25006", "25P03", "25P04", "57P01", "57P02", "57P03", "57P04", "57P05", "53300"),
    *("08000", "08001", "08003", "08004", "08006", "08P01", "28000", "28P01", "3D000"),
    *("0A000", "26000", "42P05"),
}
KEPT = {
    *("22001", "23505", "23503", "40001", "40P01", "55P03", "57014", "53100", "53200", "42P01"),
    *("42703", "58030", "XX000", "XX001"),
}


@pytest.mark.parametrize("sqlstate", sorted(RETIRED | KEPT))
def test_a_connection_is_retired_only_when_whoever_is_next_would_be_refused_too(
    sqlstate: str,
) -> None:
    assert meaning_of(sqlstate).retires is (sqlstate in RETIRED)


def test_what_keeps_reads_working_is_no_outage_of_the_database() -> None:
    """A breaker that counted it would refuse those reads."""
    names = {error.dependency for error in (DatabaseBusy, DatabaseReadOnly)}

    assert DatabaseUnavailable.dependency not in names


async def test_a_lock_that_is_not_given_in_time(connection: Connection, postgres_url: str) -> None:
    await connection.execute("SELECT FROM things WHERE id = 1 FOR UPDATE")
    async with await psycopg.AsyncConnection.connect(postgres_url) as other:
        await other.execute("SET lock_timeout = 20")

        error = await translation(other, "SELECT FROM things WHERE id = 1 FOR UPDATE")

    assert (type(error), error.context["sqlstate"]) == (DatabaseBusy, "55P03")


async def test_a_serialization_failure(connection: Connection, postgres_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(postgres_url) as other:
        await other.set_isolation_level(psycopg.IsolationLevel.SERIALIZABLE)
        await other.execute("SELECT FROM things")
        await connection.execute("UPDATE things SET name = 'here' WHERE id = 1")
        await connection.commit()

        error = await translation(other, "UPDATE things SET name = 'there' WHERE id = 1")

    assert (type(error), error.context["sqlstate"]) == (ConcurrentUpdate, "40001")


async def test_a_deadlock(connection: Connection, postgres_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(postgres_url) as other:
        await connection.execute("SELECT FROM things WHERE id = 1 FOR UPDATE")
        await other.execute("SELECT FROM things WHERE id = 2 FOR UPDATE")

        async def cross(each: Connection, row: int) -> None:
            with translated("test"):
                await each.execute("SELECT FROM things WHERE id = %s FOR UPDATE", [row])
            await each.rollback()

        outcomes = await asyncio.gather(
            cross(connection, 2), cross(other, 1), return_exceptions=True
        )

    (error,) = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(error, ConcurrentUpdate)
    assert error.context["sqlstate"] == "40P01"


async def test_an_address_that_is_taken_is_the_domain_s_own_error(
    connection: Connection,
) -> None:
    await connection.execute("ALTER TABLE things ADD CONSTRAINT users_email_key UNIQUE (name)")

    error = await translation(connection, "INSERT INTO things VALUES (3, 1, 'one')")

    assert type(error) is UserAlreadyExists


@pytest.mark.parametrize("sqlstate", ["22001", "22P02", "23505", "23514", "P0001"])
async def test_no_value_of_a_refused_row_is_in_the_traceback(
    connection: Connection, sqlstate: str, caplog: pytest.LogCaptureFixture
) -> None:
    await connection.execute(
        "ALTER TABLE things ALTER name TYPE varchar(20), ADD UNIQUE (name);"
        "INSERT INTO things VALUES (4, 1, 'planted@example.com')"
    )
    refused = {
        "23505": "INSERT INTO things VALUES (5, 1, 'planted@example.com')",
        "23514": "INSERT INTO things VALUES (-5, 1, '$argon2id$planted')",
        "22001": "INSERT INTO things VALUES (5, 1, 'planted and far too long')",
        "22P02": "INSERT INTO things VALUES ('planted', 1, '')",
        "P0001": "DO $$ BEGIN RAISE EXCEPTION 'planted@example.com'; END $$",
    }

    error = await translation(connection, refused[sqlstate])
    logging.getLogger("armature.test").error("refused", exc_info=error)

    assert "planted" not in caplog.text
    assert sqlstate in caplog.text
    assert "planted" not in str(dict(error.context))


def test_migrations_call_the_same_things_out_of_reach() -> None:
    """They may not import this adapter, so they have a list of their own."""
    for row, meaning in MEANINGS.items():
        if issubclass(meaning.error, DependencyUnavailable):
            error = psycopg.Error()
            error.sqlstate = row.ljust(5, "0")
            assert _is_out_of_reach(error), row
