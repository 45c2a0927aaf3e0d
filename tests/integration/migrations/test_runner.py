"""Running migrations: at once, again, from the wrong place, and without a database."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from adapters.migrations import runner
from adapters.migrations.revisions import all_revisions
from application.errors import DatabaseFailure, DependencyUnavailable, InvalidInput
from application.invalid_settings import InvalidSettings
from tests.integration.migrations.snapshots import change, rows_of, schema_of

RACERS = 8

# Forked once everything is imported, so that they are in each other's way and not in line for
# the processor.
RACE = """
import os, sys, traceback
import alembic.command, alembic.config, psycopg, sqlalchemy.dialects.postgresql.psycopg
from adapters.migrations import runner

url, *targets = sys.argv[1:]
racers = []
for target in targets:
    racers.append(os.fork())
    if racers[-1] == 0:
        try:
            runner.upgrade(url, target)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
sys.exit(sum(os.waitpid(racer, 0)[1] != 0 for racer in racers))
"""


def race(url: str, *targets: str) -> None:
    """Upgrade in as many processes at once as there are targets; fail if one of them does."""
    done = subprocess.run(
        [sys.executable, "-c", RACE, url, *targets],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_of_many_who_upgrade_at_once_all_succeed(empty_url: str) -> None:
    race(empty_url, *["head"] * RACERS)

    assert rows_of(empty_url, "SELECT version_num FROM armature_version") == [(runner.head(),)]


def test_of_many_who_take_the_steps_at_once_all_succeed(sqlite_url: str) -> None:
    race(sqlite_url, *[runner.head()] * RACERS)

    assert rows_of(sqlite_url, "SELECT version_num FROM armature_version") == [(runner.head(),)]


@pytest.mark.pgbouncer
def test_of_many_who_upgrade_at_once_behind_pgbouncer_all_succeed(pgbouncer_url: str) -> None:
    runner.downgrade(pgbouncer_url, "base")

    race(pgbouncer_url, *["head"] * RACERS)

    assert rows_of(pgbouncer_url, "SELECT version_num FROM armature_version") == [(runner.head(),)]


def test_upgrading_again_changes_nothing(empty_url: str) -> None:
    runner.upgrade(empty_url)
    before = schema_of(empty_url)

    runner.upgrade(empty_url)
    runner.upgrade(empty_url, runner.head())

    assert schema_of(empty_url) == before


def test_tells_where_a_database_is(empty_url: str) -> None:
    assert runner.current(empty_url) is None
    assert runner.check(empty_url) == all_revisions()

    runner.upgrade(empty_url)

    assert runner.current(empty_url) == runner.head()
    assert runner.check(empty_url) == ()


def test_a_revision_from_the_future_is_left_alone(empty_url: str) -> None:
    runner.upgrade(empty_url)
    change(empty_url, "UPDATE armature_version SET version_num = '9999'")
    before = schema_of(empty_url)

    for call in (
        lambda: runner.upgrade(empty_url),
        lambda: runner.check(empty_url),
        lambda: runner.downgrade(empty_url, "base"),
    ):
        with pytest.raises(DatabaseFailure) as caught:
            call()
        assert "9999" in str(caught.value.context["detail"])

    assert schema_of(empty_url) == before


def test_tables_of_somebody_else_are_left_alone(empty_url: str) -> None:
    change(empty_url, "CREATE TABLE users (theirs INTEGER)")
    before = schema_of(empty_url)

    for call in (runner.upgrade, runner.current, runner.check):
        with pytest.raises(DatabaseFailure) as caught:
            call(empty_url)
        assert "a table users that Armature did not make" in str(caught.value.context["detail"])

    assert schema_of(empty_url) == before


@pytest.mark.parametrize("revision", ["nonsense", "0000", "heads; DROP TABLE users"])
def test_a_revision_that_is_none_is_refused(revision: str, sqlite_url: str) -> None:
    with pytest.raises(InvalidInput, match="no revision"):
        runner.upgrade(sqlite_url, revision)


@pytest.mark.parametrize("url", ["memory://", "mysql://host/name", "nonsense"])
def test_there_is_nothing_to_migrate_elsewhere(url: str) -> None:
    with pytest.raises(InvalidSettings, match="DATABASE_URL"):
        runner.upgrade(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DependencyUnavailable) as caught:
        runner.upgrade(f"sqlite:///{tmp_path}/no/app.db")

    assert caught.value.context["detail"] == f"The folder {tmp_path}/no does not exist."


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    file.write_bytes(b"%PDF-1.7\n" * 2000)

    with pytest.raises(DatabaseFailure) as caught:
        runner.upgrade(f"sqlite:///{file}")

    detail = str(caught.value.context["detail"])
    assert detail.startswith(f"{file}: file is not a database.")
    assert "backup" in detail
    assert file.read_bytes() == b"%PDF-1.7\n" * 2000


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DependencyUnavailable) as caught:
        runner.upgrade(f"sqlite:///{tmp_path}")

    detail = str(caught.value.context["detail"])
    assert detail.startswith(f"{tmp_path}: ")
    assert "has to be a file" in detail


def test_only_its_owner_can_read_a_new_file(sqlite_url: str) -> None:
    runner.upgrade(sqlite_url)

    mode = Path(sqlite_url.removeprefix("sqlite:///")).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(DependencyUnavailable) as caught:
        runner.upgrade("postgresql://somebody:hunter2@127.0.0.1:1/app")

    assert "hunter2" not in str(caught.value.context)


def test_does_not_queue_behind_a_query_for_ever(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.migrations import postgres

    monkeypatch.setattr(postgres, "LOCK_TIMEOUT", "SET LOCAL lock_timeout = '50ms'")
    with psycopg.connect(migrated_postgres_url) as reader:
        reader.execute("SELECT count(*) FROM users")
        with pytest.raises(DependencyUnavailable) as caught:
            runner.downgrade(migrated_postgres_url, "base")

    assert "lock timeout" in str(caught.value.context["detail"])
    assert runner.current(migrated_postgres_url) == runner.head()


class TestCommand:
    """`python -m adapters.migrations`."""

    def test_upgrades_the_database_of_the_environment(self, sqlite_url: str) -> None:
        assert _command(sqlite_url, "check") == (0, "0001\n0002\n0003\n0004\n", "")
        assert _command(sqlite_url, "upgrade") == (0, "", "")
        assert _command(sqlite_url, "current") == (0, "0004\n", "")
        assert _command(sqlite_url, "check") == (0, "up to date\n", "")
        assert _command(sqlite_url, "downgrade", "base") == (0, "", "")
        assert _command(sqlite_url, "current") == (0, "none\n", "")

    def test_makes_the_default_in_its_folder(self, tmp_path: Path) -> None:
        assert _command(None, "upgrade", cwd=tmp_path)[0] == 0

        assert (tmp_path / "var" / "armature.db").is_file()

    def test_tells_in_a_line_what_is_wrong(self, tmp_path: Path) -> None:
        unreachable = "postgresql://somebody:hunter2@127.0.0.1:1/app"
        code, out, said = _command(unreachable, "upgrade")
        assert (code, out) == (10, "")
        assert "refused" in said
        assert "hunter2" not in said

        code, _, said = _command(f"sqlite:///{tmp_path}/no/app.db", "upgrade")
        assert (code, said) == (10, f"The folder {tmp_path}/no does not exist.\n")

        code, _, said = _command("memory://", "upgrade")
        assert (code, "nothing to migrate" in said) == (1, True)

        code, _, said = _command("memory://", "sideways")
        assert (code, said.startswith("usage:")) == (2, True)


def _command(url: str | None, *arguments: str, cwd: Path | None = None) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "adapters.migrations", *arguments],
        env=_environment() | ({} if url is None else {"DATABASE_URL": url}),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _environment() -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return {**inherited, "PYTHONPATH": os.pathsep.join(sys.path)}
