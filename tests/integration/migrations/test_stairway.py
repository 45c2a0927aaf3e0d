"""Every step goes up, down and up again, and leaves no trace of having gone down."""

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from adapters.migrations import runner
from adapters.migrations.revisions import FOLDER, all_revisions
from adapters.migrations.sqlite import SNAPSHOT
from adapters.sql.database import REVISION
from tests.integration.migrations.snapshots import rows_of, schema_of

BELOW = dict(zip(all_revisions(), ["base", *all_revisions()], strict=False))
TABLES = {
    "armature_version",
    "users",
    "sessions",
    "refresh_tokens",
    "idempotency_records",
    "audit_entries",
}


def migrated_to(url: str, revision: str) -> None:
    """Take the steps one by one, also where there is a short cut."""
    for step in all_revisions():
        if revision != "base" and step <= revision:
            runner.upgrade(url, step)


@pytest.mark.parametrize("revision", all_revisions())
def test_each_step_goes_up_and_down_and_up(revision: str, empty_url: str) -> None:
    migrated_to(empty_url, BELOW[revision])
    # The first step also makes Alembic's own table, which stays.
    before = schema_of(empty_url) if BELOW[revision] != "base" else None

    runner.upgrade(empty_url, revision)
    after = schema_of(empty_url)
    runner.downgrade(empty_url, BELOW[revision])
    assert before is None or schema_of(empty_url) == before
    runner.upgrade(empty_url, revision)

    assert schema_of(empty_url) == after


def test_going_down_to_the_base_leaves_nothing(empty_url: str) -> None:
    runner.upgrade(empty_url)

    runner.downgrade(empty_url, "base")

    assert "users" not in str(schema_of(empty_url))
    assert rows_of(empty_url, "SELECT * FROM armature_version") == []
    assert runner.current(empty_url) is None


def test_upgrades_after_going_down_to_the_base(empty_url: str) -> None:
    runner.upgrade(empty_url)
    before = schema_of(empty_url)
    runner.downgrade(empty_url, "base")

    runner.upgrade(empty_url)

    assert schema_of(empty_url) == before


def test_makes_the_tables_it_is_for(empty_url: str) -> None:
    runner.upgrade(empty_url)

    found = str(schema_of(empty_url))
    assert all(table in found for table in TABLES)


def test_a_fresh_file_is_what_the_migrations_make(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fresh")
    by_steps, at_once = f"sqlite:///{folder}/steps.db", f"sqlite:///{folder}/once.db"

    migrated_to(by_steps, runner.head())
    runner.upgrade(at_once)

    assert schema_of(at_once) == schema_of(by_steps)
    for table in TABLES:
        rows = f"SELECT * FROM {table}"  # noqa: S608 - a table of ours
        assert rows_of(at_once, rows) == rows_of(by_steps, rows), table


def test_the_snapshot_is_the_newest() -> None:
    assert runner.snapshot() == SNAPSHOT.read_text(), (
        "run: python -m adapters.migrations snapshot > src/adapters/migrations/sqlite_schema.sql"
    )


def test_the_file_names_tell_the_history_that_alembic_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    assert tuple(reversed(known)) == all_revisions()
    assert runner.head() == known[0]


def test_the_adapters_expect_the_newest_schema() -> None:
    assert runner.head() == REVISION
