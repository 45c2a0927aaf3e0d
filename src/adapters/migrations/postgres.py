"""Migration runner for PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from application.errors import DatabaseFailure
from application.invalid_settings import InvalidSettings
from application.schema import (
    OLD_VERSION_TABLE,
    TABLES,
    VERSION_TABLE,
    FoundSchema,
    encoding_problem,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOCK = int.from_bytes(b"ARMATURE")
"""The advisory lock that every migration of every replica takes."""

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'"


_TABLES = """
SELECT relname::text, array_agg(attname::text)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relname = ANY(%s) AND pg_table_is_visible(pg_class.oid)
  AND attnum > 0 AND NOT attisdropped
GROUP BY relname
"""


def look(url: str) -> FoundSchema:
    with _connect(url) as connection:
        names = [*TABLES, VERSION_TABLE, OLD_VERSION_TABLE]
        tables: dict[str, list[str]] = dict(connection.execute(_TABLES, [names]).fetchall())
        version = old_version = None
        if VERSION_TABLE in tables:
            version = _only(connection, "SELECT version_num FROM armature_version")
        elif "version_num" in tables.get(OLD_VERSION_TABLE, ()):
            # Another application's, which we may have no right to read.
            with suppress(psycopg.errors.InsufficientPrivilege):
                old_version = _only(connection, "SELECT version_num FROM alembic_version")
    return FoundSchema(version=version, old_version=old_version, tables=tables)


@contextmanager
def locked(url: str) -> "Iterator[Connection]":
    """Give a connection inside a transaction that no other migration runs beside.

    The lock and the limit end with the transaction, as PgBouncer in transaction mode needs it.
    Waiting for another migration has no limit; waiting behind a query for a table has one, for
    everybody else would wait behind us.
    """
    from sqlalchemy import NullPool, create_engine  # noqa: PLC0415 - takes its time

    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(url), poolclass=NullPool
    )
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.exec_driver_sql(LOCK_TIMEOUT)
        yield connection


def _only(connection: psycopg.Connection, statement: LiteralString) -> str | None:
    row = connection.execute(statement).fetchone()
    return None if row is None else str(row[0])


def _connect(url: str) -> psycopg.Connection:
    defaults = {"connect_timeout": "5", "application_name": "armature-migrations"}
    try:
        given = make_conninfo("", **{**defaults, **conninfo_to_dict(url)})
    except psycopg.Error:
        problem = "DATABASE_URL: this is not a PostgreSQL address (postgresql://user@host/name)."
        raise InvalidSettings((problem,)) from None
    connection = psycopg.connect(given, prepare_threshold=None)
    found = connection.info.parameter_status("server_encoding") or ""
    if encoding := encoding_problem(found):
        connection.close()
        raise DatabaseFailure(context={"operation": "migrate", "detail": encoding})
    return connection
