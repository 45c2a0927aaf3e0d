"""The version table is our own: that of another application, or of an older release of ours."""

import pytest

from adapters.migrations import runner, sqlite
from adapters.migrations.revisions import all_revisions
from application.errors import DatabaseFailure
from application.schema import VERSION_TABLE, FoundSchema
from tests.integration.migrations.snapshots import change, rows_of, schema_of
from tests.integration.migrations.test_runner import RACERS, race


@pytest.mark.parametrize("version", ["0003", "a1b2c3d4e5f6", "9999"])
def test_the_version_of_another_application_is_not_ours(empty_url: str, version: str) -> None:
    change(empty_url, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    change(empty_url, f"INSERT INTO alembic_version VALUES ('{version}')")  # noqa: S608 - a test's

    assert runner.current(empty_url) is None
    assert runner.check(empty_url) == all_revisions()
    runner.upgrade(empty_url)

    assert runner.current(empty_url) == runner.head()
    assert rows_of(empty_url, "SELECT version_num FROM alembic_version") == [(version,)]
    runner.downgrade(empty_url, "base")
    assert rows_of(empty_url, "SELECT version_num FROM alembic_version") == [(version,)]


def test_a_table_of_that_name_may_have_other_columns(empty_url: str) -> None:
    change(empty_url, "CREATE TABLE alembic_version (theirs INTEGER)")

    runner.upgrade(empty_url)

    assert runner.current(empty_url) == runner.head()


OLD = ["0001", "0002", "0003"]


def as_before(url: str, revision: str) -> None:
    """Make what a release made that kept its version in Alembic's default table."""
    for step in OLD[: OLD.index(revision) + 1]:
        runner.upgrade(url, step)
    change(url, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    change(url, "INSERT INTO alembic_version SELECT version_num FROM armature_version")
    change(url, "DROP TABLE armature_version")


@pytest.mark.parametrize("revision", OLD)
def test_the_version_of_an_older_release_is_moved(empty_url: str, revision: str) -> None:
    as_before(empty_url, revision)
    assert runner.current(empty_url) == revision
    assert runner.check(empty_url)[0] == VERSION_TABLE

    runner.upgrade(empty_url)

    assert runner.check(empty_url) == ()
    at = [(runner.head(),)]
    assert rows_of(empty_url, "SELECT version_num FROM armature_version") == at
    # Replicas of the release before look there while the new one rolls out.
    assert rows_of(empty_url, "SELECT version_num FROM alembic_version") == at


def test_an_older_release_finds_its_version_after_a_downgrade(empty_url: str) -> None:
    as_before(empty_url, "0003")
    runner.upgrade(empty_url)

    runner.downgrade(empty_url, "0002")

    assert rows_of(empty_url, "SELECT version_num FROM alembic_version") == [("0002",)]


def test_a_database_of_an_older_release_can_be_downgraded(empty_url: str) -> None:
    as_before(empty_url, "0003")

    runner.downgrade(empty_url, "0001")

    assert runner.current(empty_url) == "0001"


@pytest.mark.parametrize(
    "change_it",
    ["DROP TABLE audit_entries", "ALTER TABLE users RENAME COLUMN email_key TO theirs"],
)
def test_a_version_that_its_tables_do_not_fit_is_not_moved(empty_url: str, change_it: str) -> None:
    as_before(empty_url, "0003")
    change(empty_url, change_it)
    before = schema_of(empty_url)

    with pytest.raises(DatabaseFailure) as caught:
        runner.upgrade(empty_url)

    assert "alembic_version at 0003" in str(caught.value.context["detail"])
    assert schema_of(empty_url) == before


def test_tables_that_are_gone_are_named(empty_url: str) -> None:
    runner.upgrade(empty_url)
    change(empty_url, "DROP TABLE audit_entries")

    for call in (runner.upgrade, runner.current, runner.check):
        with pytest.raises(DatabaseFailure) as caught:
            call(empty_url)
        assert "no table audit_entries" in str(caught.value.context["detail"])


def test_of_many_who_move_the_version_at_once_all_succeed(empty_url: str) -> None:
    as_before(empty_url, "0001")

    race(empty_url, *["head"] * RACERS)

    assert runner.check(empty_url) == ()


def test_a_look_that_another_migration_ended_within_is_repeated(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = [FoundSchema(tables={"users": ()}), sqlite.look(migrated_sqlite_url)]
    monkeypatch.setattr(sqlite, "look", lambda _: torn.pop(0))

    assert runner.current(migrated_sqlite_url) == runner.head()
