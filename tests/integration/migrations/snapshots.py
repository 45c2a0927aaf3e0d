"""What a database's schema looks like, to compare two of them."""

import sqlite3
from contextlib import closing

import psycopg

OBJECTS = """
SELECT 'column', table_name, column_name, data_type, is_nullable, column_default, collation_name
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '', '', '' FROM pg_indexes
WHERE schemaname = 'public'
UNION ALL
SELECT 'other', relname, relkind::text, '', '', '', '' FROM pg_class
WHERE relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'type', typname, '', '', '', '', '' FROM pg_type
WHERE typnamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""


def schema_of(url: str) -> list[tuple[object, ...]]:
    """Give everything that migrations can make, in an order that does not depend on when."""
    if not url.startswith("sqlite:"):
        with psycopg.connect(url) as connection:
            return list(connection.execute(OBJECTS))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
        rows = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2")
        return [(*row[:3], " ".join((row[3] or "").split())) for row in rows]


def rows_of(url: str, statement: str) -> list[tuple[object, ...]]:
    if not url.startswith("sqlite:"):
        with psycopg.connect(url) as connection:
            return list(connection.execute(statement))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
        return file.execute(statement).fetchall()


def change(url: str, statement: str) -> None:
    if not url.startswith("sqlite:"):
        with psycopg.connect(url) as connection:
            connection.execute(statement)
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
        file.execute(statement)
