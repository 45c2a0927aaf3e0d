"""The statements that look at the schema, whether it is ours or not."""

# A row when the version table is there: its version, whether all of our tables are, and whether
# the server takes writes, which a standby and an operator's default refuse.
CHECK = """
SELECT (SELECT max(version_num) FROM armature_version),
       NOT EXISTS (SELECT FROM unnest(%(tables)s::text[]) AS name WHERE to_regclass(name) IS NULL),
       current_setting('transaction_read_only') = 'off'
"""
VERSION = "SELECT max(version_num) FROM armature_version"
# As JSON: another application's table of that name may have other columns.
OLD_VERSION = "SELECT to_jsonb(found) ->> 'version_num' FROM alembic_version AS found LIMIT 1"
TABLES = """
SELECT relname::text, array_agg(attname::text)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relname = ANY(%(names)s) AND pg_table_is_visible(pg_class.oid)
  AND attnum > 0 AND NOT attisdropped
GROUP BY relname
"""
