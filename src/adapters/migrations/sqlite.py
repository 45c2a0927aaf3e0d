"""Migration runner for SQLite."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.migrations.revisions import FOLDER
from application.errors import DatabaseFailure, DependencyUnavailable
from application.invalid_settings import InvalidSettings
from application.schema import OLD_VERSION_TABLE, VERSION_TABLE, FoundSchema
from application.settings import DatabaseSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection

SNAPSHOT = FOLDER / "sqlite_schema.sql"
"""The whole schema at the newest revision, for files that have none yet: Alembic takes a second
to import, which is too long for a first start. A test compares it with the migrations."""

_PATIENCE = 30.0
"""Seconds to wait for another process that migrates or writes."""


def file_of(url: str) -> Path:
    path = url.removeprefix("sqlite:///")
    if path == url or not path or path == ":memory:" or "?" in path or "\0" in path:
        raise InvalidSettings(("DATABASE_URL: an SQLite address is sqlite:///path, no options.",))
    return Path(path)


def look(url: str) -> FoundSchema:
    file = file_of(url)
    if not file.exists():
        return FoundSchema()
    with _connected(file) as connection:
        rows = connection.execute(
            "SELECT found.name, its.name FROM sqlite_schema AS found,"
            " pragma_table_info(found.name) AS its WHERE found.type IN ('table', 'view')"
        )
        tables: dict[str, set[str]] = {}
        for table, column in rows:
            tables.setdefault(table, set()).add(column)
        version = old_version = None
        if VERSION_TABLE in tables:
            version = _only(connection, "SELECT version_num FROM armature_version")
        elif "version_num" in tables.get(OLD_VERSION_TABLE, ()):
            old_version = _only(connection, "SELECT version_num FROM alembic_version")
    return FoundSchema(version=version, old_version=old_version, tables=tables)


def make_fresh(url: str) -> bool:
    """Give a file that holds nothing the newest schema at once; tell whether that was so."""
    file = file_of(url)
    _make_file(file, make_folder=url == DatabaseSettings().url)
    with _connected(file) as connection:
        _use_wal(connection)
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("SELECT 1 FROM sqlite_schema").fetchall():
            connection.execute("ROLLBACK")
            return False
        for statement in SNAPSHOT.read_text().split(";\n"):
            connection.execute(statement)
        connection.execute("COMMIT")
    return True


@contextmanager
def locked(url: str) -> "Iterator[Connection]":
    """Give a connection inside a transaction that nobody else can write beside."""
    from sqlalchemy import NullPool, create_engine, event  # noqa: PLC0415 - takes its time

    file = file_of(url)
    _make_file(file, make_folder=url == DatabaseSettings().url)
    engine = create_engine("sqlite://", creator=lambda: _connect(file), poolclass=NullPool)
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        yield connection
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseFailure(
                context={"detail": f"{len(broken)} rows would refer to rows that are not there."}
            )


def snapshot(url: str) -> str:
    """Give the statements that make the schema which the migrated file has."""
    with _connected(file_of(url)) as connection:
        rows = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
        ).fetchall()
        rows += connection.execute(
            "SELECT 'INSERT INTO armature_version VALUES (' || quote(version_num) || ')'"
            " FROM armature_version"
        ).fetchall()
    lines = (line.rstrip() for line in ";\n".join(row[0] for row in rows).splitlines())
    return "\n".join(lines).replace("\t", "    ") + "\n"


def _only(connection: sqlite3.Connection, statement: str) -> str | None:
    row = connection.execute(statement).fetchone()
    return None if row is None else str(row[0])


def _make_file(file: Path, *, make_folder: bool) -> None:
    """Make it readable for its owner alone, since it will hold password hashes."""
    try:
        if make_folder:
            file.parent.mkdir(parents=True, exist_ok=True)
        if not file.parent.is_dir():
            raise DependencyUnavailable(
                context={"detail": f"The folder {file.parent} does not exist."}
            )
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        detail = f"{file} cannot be written: {error.strerror}."
        raise DependencyUnavailable(context={"operation": "migrate", "detail": detail}) from error


@contextmanager
def _connected(file: Path) -> Iterator[sqlite3.Connection]:
    connection = _connect(file)
    try:
        yield connection
    finally:
        connection.close()


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the journal, which the busy timeout does not cover when others switch it too."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
