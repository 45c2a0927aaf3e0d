"""Migrating a PostgreSQL database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from application.invalid_settings import InvalidSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOCK = int.from_bytes(b"ARMATURE")
"""The advisory lock that every migration of every replica takes."""

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'"


def current(url: str) -> str | None:
    with _connect(url) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone()
        if found is None or found[0]:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


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


def _connect(url: str) -> psycopg.Connection:
    defaults = {"connect_timeout": "5", "application_name": "armature-migrations"}
    try:
        given = make_conninfo("", **{**defaults, **conninfo_to_dict(url)})
    except psycopg.Error:
        problem = "DATABASE_URL: this is not a PostgreSQL address (postgresql://user@host/name)."
        raise InvalidSettings((problem,)) from None
    return psycopg.connect(given, prepare_threshold=None)
