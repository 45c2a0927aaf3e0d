"""What is wrong with a schema, in a sentence for whoever runs the service."""

import re

import pytest

from adapters.migrations.sqlite import SNAPSHOT
from application.schema import (
    OLD_VERSION_TABLE,
    TABLES,
    VERSION_TABLE,
    FoundSchema,
    encoding_problem,
    problem_of,
)

WHOLE = dict.fromkeys([VERSION_TABLE, *TABLES], frozenset[str]())
NEEDED = max(TABLES.values())


def test_every_table_that_the_migrations_make_is_looked_for() -> None:
    """One that is not would be missing in silence: add it with the revision that makes it."""
    made = set(re.findall(r"^CREATE TABLE (\w+)", SNAPSHOT.read_text(), re.MULTILINE))

    assert made == {VERSION_TABLE, *TABLES}


@pytest.mark.parametrize("version", [NEEDED, "9999"])
def test_a_whole_schema_of_the_revision_or_a_newer_one_serves(version: str) -> None:
    assert problem_of(FoundSchema(version=version, tables=WHOLE), NEEDED) is None


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (FoundSchema(), "at no revision"),
        (FoundSchema(version="0001", tables=WHOLE), "at 0001"),
        (
            FoundSchema(version=NEEDED, tables={VERSION_TABLE: (), "users": ()}),
            "no table sessions, refresh_tokens",
        ),
        (FoundSchema(tables={"users": ()}), "a table users that Armature did not make"),
        (
            FoundSchema(old_version="abc", tables={OLD_VERSION_TABLE: (), "users": ()}),
            "did not make, and alembic_version at abc",
        ),
        (
            FoundSchema(old_version="0003", tables={OLD_VERSION_TABLE: ()}),
            "at 0003, is that of another application",
        ),
    ],
)
def test_what_was_found_is_named(found: FoundSchema, said: str) -> None:
    assert said in str(problem_of(found, NEEDED))


def test_an_older_release_keeps_tables_that_newer_revisions_make() -> None:
    tables = [VERSION_TABLE, *(table for table, since in TABLES.items() if since == "0001")]

    assert problem_of(FoundSchema(version="0001", tables=dict.fromkeys(tables, ())), "0001") is None


def test_only_utf8_holds_every_name() -> None:
    assert encoding_problem("UTF8") is None
    assert "SQL_ASCII" in str(encoding_problem("SQL_ASCII"))
