"""Every result code that can be had from a real file, and what it means."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from adapters.sqlite.errors import MEANINGS, meaning_of, translated
from application.errors import (
    ConcurrentUpdate,
    DatabaseBusy,
    DatabaseFailure,
    DatabaseReadOnly,
    DatabaseUnavailable,
    DuplicateKey,
    OperationTimedOut,
)
from domain.errors import DomainError

THINGS = """
CREATE TABLE things (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    parent INTEGER NOT NULL REFERENCES things,
    name TEXT UNIQUE,
    payload BLOB
) STRICT;
CREATE TABLE names (name TEXT PRIMARY KEY) STRICT;
INSERT INTO things VALUES (1, 1, 'planted@example.com', NULL);
INSERT INTO names VALUES ('planted@example.com');
"""
DATATYPE = "SQLITE_CONSTRAINT_DATATYPE"
ADD = "INSERT INTO things VALUES (2, 1, 'two', NULL)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "things.db"
    with opened(file) as connection:
        connection.executescript("PRAGMA journal_mode = WAL;" + THINGS)
    return file


@contextmanager
def opened(file: Path, options: str = "") -> Iterator[sqlite3.Connection]:
    uri = f"file:{file}{options}"
    with closing(sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def translation(act: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as caught, translated("test"):
        act()
    return caught.value


def assert_is(error: DomainError, kind: type[DomainError], name: str) -> None:
    assert type(error) is kind
    # Python 3.11 has no name for the newest codes.
    named = str(error.context["sqlite_error"]).replace("result code 3091", DATATYPE)
    assert named == name
    assert error.context["operation"] == "test"
    assert "planted" not in f"{error.context} {error.__cause__}"


@pytest.mark.parametrize(
    ("statement", "kind", "name"),
    [
        (
            "INSERT INTO things VALUES (2, 1, 'planted@example.com', NULL)",
            DuplicateKey,
            "CONSTRAINT_UNIQUE",
        ),
        ("INSERT INTO things VALUES (1, 1, NULL, NULL)", DuplicateKey, "CONSTRAINT_PRIMARYKEY"),
        (
            "INSERT INTO names VALUES ('planted@example.com')",
            DuplicateKey,
            "CONSTRAINT_PRIMARYKEY",
        ),
        ("INSERT INTO things VALUES (-1, 1, NULL, NULL)", DatabaseFailure, "CONSTRAINT_CHECK"),
        ("INSERT INTO things VALUES (2, 7, NULL, NULL)", DatabaseFailure, "CONSTRAINT_FOREIGNKEY"),
        (
            "INSERT INTO things VALUES (2, NULL, NULL, NULL)",
            DatabaseFailure,
            "CONSTRAINT_NOTNULL",
        ),
        (
            "INSERT INTO things VALUES (2, 'planted', NULL, NULL)",
            DatabaseFailure,
            "CONSTRAINT_DATATYPE",
        ),
    ],
)
def test_a_constraint(file: Path, statement: str, kind: type[DomainError], name: str) -> None:
    with opened(file) as connection:
        assert_is(translation(lambda: connection.execute(statement)), kind, f"SQLITE_{name}")


def test_another_writer_is_at_it(file: Path) -> None:
    with opened(file) as one, opened(file) as other:
        one.execute("BEGIN IMMEDIATE")

        error = translation(lambda: other.execute(ADD))

    assert_is(error, DatabaseBusy, "SQLITE_BUSY")


def test_another_writer_came_between_reading_and_writing(file: Path) -> None:
    with opened(file) as one, opened(file) as other:
        one.execute("BEGIN")
        one.execute("SELECT * FROM things").fetchall()
        other.execute(ADD)

        error = translation(lambda: one.execute("DELETE FROM names"))

    assert_is(error, ConcurrentUpdate, "SQLITE_BUSY_SNAPSHOT")


def test_a_table_is_locked_by_a_statement_of_our_own(file: Path) -> None:
    with opened(file) as connection:
        connection.execute(ADD)
        reading = connection.execute("SELECT * FROM things")
        reading.fetchone()

        error = translation(lambda: connection.execute("DROP TABLE names"))
        reading.close()

    assert_is(error, DatabaseBusy, "SQLITE_LOCKED")


def test_the_disk_is_full(file: Path) -> None:
    with opened(file) as connection:
        connection.execute("PRAGMA max_page_count = 8")

        error = translation(
            lambda: connection.execute("UPDATE things SET payload = zeroblob(1000000)")
        )
        connection.execute("SELECT * FROM things").fetchall()

    assert_is(error, DatabaseReadOnly, "SQLITE_FULL")


def test_it_is_read_only(file: Path) -> None:
    with opened(file, "?mode=ro") as connection:
        error = translation(lambda: connection.execute(ADD))

    assert_is(error, DatabaseReadOnly, "SQLITE_READONLY")


def test_a_statement_is_interrupted(file: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with opened(file) as connection:
        connection.set_progress_handler(lambda: 1, 1000)

        error = translation(lambda: connection.execute(endless).fetchall())

    assert_is(error, OperationTimedOut, "SQLITE_INTERRUPT")


def test_it_is_damaged(file: Path) -> None:
    with opened(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    content = bytearray(file.read_bytes())
    content[100:] = os.urandom(len(content) - 100)
    file.write_bytes(content)

    def read() -> None:
        with opened(file) as connection:
            connection.execute("SELECT * FROM things").fetchall()

    error = translation(read)

    assert_is(error, DatabaseFailure, "SQLITE_CORRUPT")
    assert "backup" in str(error.context["detail"])


def test_it_is_no_database(file: Path) -> None:
    file.write_bytes(b"%PDF-1.7\n" * 2000)

    def read() -> None:
        with opened(file) as connection:
            connection.execute("SELECT * FROM things")

    assert_is(translation(read), DatabaseFailure, "SQLITE_NOTADB")


def test_it_cannot_be_opened(tmp_path: Path) -> None:
    def read() -> None:
        with opened(tmp_path):
            pass

    assert_is(translation(read), DatabaseUnavailable, "SQLITE_CANTOPEN")


def test_the_schema_is_older_than_the_code(file: Path) -> None:
    with opened(file) as connection:
        error = translation(lambda: connection.execute("SELECT * FROM missing"))

    assert_is(error, DatabaseFailure, "SQLITE_ERROR")
    assert "db upgrade" in str(error.context["detail"])


def test_an_extended_code_is_the_code_that_it_refines_unless_it_has_its_own_row() -> None:
    assert meaning_of(sqlite3.SQLITE_IOERR_WRITE) is MEANINGS[sqlite3.SQLITE_IOERR]
    assert meaning_of(sqlite3.SQLITE_READONLY_DBMOVED) is MEANINGS[sqlite3.SQLITE_READONLY]
    assert meaning_of(sqlite3.SQLITE_CONSTRAINT_UNIQUE).error is DuplicateKey
    assert meaning_of(sqlite3.SQLITE_MISUSE).error is DatabaseFailure
    assert all(meaning.why for meaning in MEANINGS.values())
