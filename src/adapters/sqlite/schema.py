"""Schema check: whether the tables are those that the statements are written for."""

import json

import aiosqlite

from adapters.sql.database import REVISION
from adapters.sqlite.connections import run
from application.errors import SchemaOutdated
from application.schema import OLD_VERSION_TABLE, TABLES, VERSION_TABLE, FoundSchema, problem_of

_VERSION = "SELECT max(version_num) FROM armature_version"
_OLD_VERSION = "SELECT version_num FROM alembic_version LIMIT 1"
_TABLES = """
SELECT found.name, group_concat(its.name, ' ')
FROM sqlite_schema AS found, pragma_table_info(found.name) AS its
WHERE found.type IN ('table', 'view') AND found.name IN (SELECT value FROM json_each(:names))
GROUP BY found.name
"""


async def check_schema(connection: aiosqlite.Connection) -> None:
    """Raise SchemaOutdated unless the schema is ours, whole, and at REVISION or newer."""
    if problem := problem_of(await find_schema(connection), REVISION):
        raise SchemaOutdated(context={"operation": "check", "detail": problem})


async def find_schema(connection: aiosqlite.Connection) -> FoundSchema:
    names = json.dumps([*TABLES, VERSION_TABLE, OLD_VERSION_TABLE])
    rows = await run(connection, "schema", _TABLES, {"names": names})
    tables = {name: columns.split() for name, columns in rows}
    version = old_version = None
    if VERSION_TABLE in tables:
        version = (await run(connection, "schema", _VERSION, {}))[0][0]
    elif "version_num" in tables.get(OLD_VERSION_TABLE, ()):
        for row in await run(connection, "schema", _OLD_VERSION, {}):
            old_version = str(row[0])
    return FoundSchema(version=version, old_version=old_version, tables=tables)
