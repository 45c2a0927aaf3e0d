"""The statements that look at the schema, whether it is ours or not."""

VERSION = "SELECT max(version_num) FROM armature_version"
OLD_VERSION = "SELECT version_num FROM alembic_version LIMIT 1"
TABLES = """
SELECT found.name, group_concat(its.name, ' ')
FROM sqlite_schema AS found, pragma_table_info(found.name) AS its
WHERE found.type IN ('table', 'view') AND found.name IN (SELECT value FROM json_each(:names))
GROUP BY found.name
"""
