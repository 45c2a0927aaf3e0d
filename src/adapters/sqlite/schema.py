"""Which schema the statements of this adapter are written for, and which one there is."""

import json

import aiosqlite

from adapters.sqlite import schema_sql as sql
from adapters.sqlite.connections import run
from application.errors import SchemaOutdated
from application.schema import OLD_VERSION_TABLE, TABLES, VERSION_TABLE, FoundSchema, problem_of

REVISION = "0004"
"""The oldest revision that `sql.py` works on; a test compares it with the newest migration."""


async def check_schema(connection: aiosqlite.Connection) -> None:
    """Raise SchemaOutdated unless the schema is ours, whole, and at REVISION or newer."""
    if problem := problem_of(await find_schema(connection), REVISION):
        raise SchemaOutdated(context={"operation": "check", "detail": problem})


async def find_schema(connection: aiosqlite.Connection) -> FoundSchema:
    names = json.dumps([*TABLES, VERSION_TABLE, OLD_VERSION_TABLE])
    rows = await run(connection, "schema", sql.TABLES, {"names": names})
    tables = {name: columns.split() for name, columns in rows}
    version = old_version = None
    if VERSION_TABLE in tables:
        version = (await run(connection, "schema", sql.VERSION, {}))[0][0]
    elif "version_num" in tables.get(OLD_VERSION_TABLE, ()):
        for row in await run(connection, "schema", sql.OLD_VERSION, {}):
            old_version = str(row[0])
    return FoundSchema(version=version, old_version=old_version, tables=tables)
