"""Which schema the statements of this adapter are written for, and which one there is."""

from contextlib import suppress
from typing import NamedTuple

from adapters.postgres import schema_sql as sql
from adapters.postgres.connection import Connection, run
from adapters.postgres.sqlstates import UNDEFINED_TABLE
from application.errors import DatabaseFailure, SchemaOutdated
from application.schema import (
    OLD_VERSION_TABLE,
    TABLES,
    VERSION_TABLE,
    FoundSchema,
    encoding_problem,
    problem_of,
)

REVISION = "0004"
"""The oldest revision that `sql.py` works on; a test compares it with the newest migration."""


async def check_schema(connection: Connection) -> bool:
    """Raise SchemaOutdated unless the schema is ours, whole, and at REVISION or newer.

    Gives whether the server takes writes, in the same round trip.
    """
    tables = [table for table, since in TABLES.items() if since <= REVISION]
    try:
        (found,) = await run(connection, "check", sql.CHECK, {"tables": tables}, _Checked)
    except DatabaseFailure as error:
        if error.context.get("sqlstate") != UNDEFINED_TABLE:
            raise
        found = _Checked(None, is_whole=False, takes_writes=True)
    is_fit = found.is_whole and found.version is not None and found.version >= REVISION
    # No problem is left when a migration ended in between.
    if not is_fit and (problem := problem_of(await find_schema(connection), REVISION)):
        raise SchemaOutdated(context={"operation": "check", "detail": problem})
    return found.takes_writes


async def find_schema(connection: Connection) -> FoundSchema:
    names = [*TABLES, VERSION_TABLE, OLD_VERSION_TABLE]
    tables = dict(await run(connection, "schema", sql.TABLES, {"names": names}, _pair))
    version: list[str | None] = [None]
    old_version: list[str | None] = []
    if VERSION_TABLE in tables:
        version = await run(connection, "schema", sql.VERSION, {}, _text)
    elif OLD_VERSION_TABLE in tables:
        # Another application's, which we may have no right to read.
        with suppress(DatabaseFailure):
            old_version = await run(connection, "schema", sql.OLD_VERSION, {}, _text)
    return FoundSchema(version=version[0], old_version=(old_version or [None])[0], tables=tables)


def check_encoding(connection: Connection) -> None:
    """Raise DatabaseFailure unless the database is encoded in UTF-8."""
    if problem := encoding_problem(connection.encoding):
        raise DatabaseFailure(context={"operation": "check", "detail": problem})


class _Checked(NamedTuple):
    version: str | None
    is_whole: bool
    takes_writes: bool


def _pair(name: str, columns: list[str]) -> tuple[str, list[str]]:
    return name, columns


def _text(value: str | None) -> str | None:
    return value
