"""Schema check: whether the tables are those that the statements are written for."""

from contextlib import suppress
from typing import NamedTuple

from adapters.postgres.connection import Connection, run
from adapters.postgres.errors import UNDEFINED_TABLE
from adapters.sql.database import REVISION
from application.errors import DatabaseFailure, SchemaOutdated
from application.schema import (
    OLD_VERSION_TABLE,
    TABLES,
    VERSION_TABLE,
    FoundSchema,
    encoding_problem,
    problem_of,
)

# A row when the version table is there: its version, whether all of our tables are, and whether
# the server takes writes, which a standby and an operator's default refuse.
_CHECK = """
SELECT (SELECT max(version_num) FROM armature_version),
       NOT EXISTS (SELECT FROM unnest(%(tables)s::text[]) AS name WHERE to_regclass(name) IS NULL),
       current_setting('transaction_read_only') = 'off'
"""
_VERSION = "SELECT max(version_num) FROM armature_version"
# As JSON: another application's table of that name may have other columns.
_OLD_VERSION = "SELECT to_jsonb(found) ->> 'version_num' FROM alembic_version AS found LIMIT 1"
_TABLES = """
SELECT relname::text, array_agg(attname::text)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relname = ANY(%(names)s) AND pg_table_is_visible(pg_class.oid)
  AND attnum > 0 AND NOT attisdropped
GROUP BY relname
"""


async def check_schema(connection: Connection) -> bool:
    """Raise SchemaOutdated unless the schema is ours, whole, and at REVISION or newer.

    Gives whether the server takes writes, in the same round trip.
    """
    tables = [table for table, since in TABLES.items() if since <= REVISION]
    try:
        (row,) = await run(connection, "check", _CHECK, {"tables": tables})
        found = _Checked(*row)
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
    rows = await run(connection, "schema", _TABLES, {"names": names})
    tables: dict[str, list[str]] = dict(rows)
    version = old_version = None
    if VERSION_TABLE in tables:
        version = (await run(connection, "schema", _VERSION, {}))[0][0]
    elif OLD_VERSION_TABLE in tables:
        # Another application's, which we may have no right to read.
        with suppress(DatabaseFailure):
            for row in await run(connection, "schema", _OLD_VERSION, {}):
                old_version = row[0]
    return FoundSchema(version=version, old_version=old_version, tables=tables)


def check_encoding(connection: Connection) -> None:
    """Raise DatabaseFailure unless the database is encoded in UTF-8."""
    if problem := encoding_problem(connection.encoding):
        raise DatabaseFailure(context={"operation": "check", "detail": problem})


class _Checked(NamedTuple):
    version: str | None
    is_whole: bool
    takes_writes: bool
