"""Files that are no database: an operator is told what is wrong, a caller never sees a path."""
# ruff: noqa: ASYNC240 - nothing else runs while a test reads or writes its file

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.sql.database import SqlDatabase
from adapters.sqlite.connections import Connections
from adapters.sqlite.database import SqliteDriver, create
from application.errors import DatabaseFailure, DependencyUnavailable
from application.invalid_settings import InvalidSettings
from domain.errors import DomainError
from tests.builders import a_user
from tests.integration.sqlite.opened import opened, settings_for
from tests.unit.contracts.database import store


async def detail_of(url: str, kind: type[DomainError]) -> str:
    """Open the database, which fails; give what the operator is told."""
    with pytest.raises(kind) as caught:
        async with opened(url):
            pass
    detail = caught.value.context["detail"]
    assert isinstance(detail, str)
    assert "/" not in caught.value.message
    return detail


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    detail = await detail_of(f"sqlite:///{tmp_path}/no/app.db", DependencyUnavailable)

    assert detail == f"The folder {tmp_path}/no does not exist."


async def test_the_default_makes_its_folder(tmp_path: Path) -> None:
    connections = Connections(tmp_path / "var" / "app.db", readers=1)
    database = SqlDatabase(SqliteDriver(connections, make_folder=True))

    with pytest.raises(DatabaseFailure, match="wrong"):
        await database.open()

    assert (tmp_path / "var").is_dir()


async def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    detail = await detail_of(f"sqlite:///{tmp_path}/app.db", DatabaseFailure)

    assert "armature db upgrade" in detail
    assert list(tmp_path.iterdir()) == []


async def test_an_empty_file_has_to_be_migrated(tmp_path: Path) -> None:
    (tmp_path / "app.db").touch()

    assert "db upgrade" in await detail_of(f"sqlite:///{tmp_path}/app.db", DatabaseFailure)


async def test_an_older_schema_has_to_be_migrated(migrated_sqlite_url: str) -> None:
    _set_revision(migrated_sqlite_url, "0000")

    assert "at 0000" in await detail_of(migrated_sqlite_url, DatabaseFailure)


async def test_a_newer_schema_serves(migrated_sqlite_url: str) -> None:
    _set_revision(migrated_sqlite_url, "9999")

    async with opened(migrated_sqlite_url) as database:
        await database.check()


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    detail = await detail_of(f"sqlite:///{tmp_path}", DependencyUnavailable)

    assert "is a folder" in detail


async def test_another_kind_of_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "app.db").write_bytes(b"%PDF-1.7\n" * 2000)

    detail = await detail_of(f"sqlite:///{tmp_path}/app.db", DatabaseFailure)

    assert "no SQLite database" in detail


async def test_a_damaged_file_is_said_to_be(migrated_sqlite_url: str) -> None:
    async with opened(migrated_sqlite_url) as database:
        await store(database, *(a_user() for _ in range(200)))
    file = Path(migrated_sqlite_url.removeprefix("sqlite:///"))
    content = bytearray(file.read_bytes())
    content[8192:] = os.urandom(len(content) - 8192)
    file.write_bytes(content)

    with pytest.raises(DatabaseFailure) as caught:
        async with opened(migrated_sqlite_url) as database:
            await store(database, *(a_user() for _ in range(200)))

    assert "backup" in str(caught.value.context["detail"])


@pytest.mark.parametrize("is_replaced", [True, False])
async def test_nothing_is_written_to_a_file_that_was_replaced_or_removed(
    migrated_sqlite_url: str, tmp_path: Path, *, is_replaced: bool
) -> None:
    file = Path(migrated_sqlite_url.removeprefix("sqlite:///"))
    async with opened(migrated_sqlite_url) as database:
        await store(database, a_user())
        moved = file.rename(tmp_path / "moved.db")
        if is_replaced:
            shutil.copy(moved, file)

        with pytest.raises(DependencyUnavailable) as written:
            await store(database, a_user())
        with pytest.raises(DependencyUnavailable) as checked:
            await database.check()
        for caught in (written, checked):
            assert "Stop the service" in str(caught.value.context["detail"])
        file.unlink(missing_ok=True)
        moved.rename(file)
        await store(database, a_user())
        await database.check()


@pytest.mark.parametrize("what", ["file", "folder"])
async def test_what_cannot_be_written_is_said_to_be_read_only(
    what: str, migrated_sqlite_url: str
) -> None:
    content = Path(migrated_sqlite_url.removeprefix("sqlite:///")).read_bytes()
    with _unprivileged(), tempfile.TemporaryDirectory() as name:
        file = Path(name, "app.db")
        file.write_bytes(content)
        target = file if what == "file" else file.parent
        target.chmod(stat.S_IRUSR | stat.S_IXUSR)
        try:
            detail = await detail_of(f"sqlite:///{file}", DependencyUnavailable)
        finally:
            target.chmod(stat.S_IRWXU)

    assert "read-only" in detail


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/x", "sqlite:///a?b=c"]
)
def test_an_address_that_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(InvalidSettings, match="DATABASE_URL"):
        create(url, settings_for(url))


async def test_a_relative_address_begins_at_the_working_directory(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(migrated_sqlite_url.removeprefix("sqlite:///"))
    monkeypatch.chdir(file.parent)

    async with opened(f"sqlite:///{file.name}") as database:
        await database.check()


async def test_a_path_may_have_any_character(migrated_sqlite_url: str, tmp_path: Path) -> None:
    odd = tmp_path / "100% of ä #1"
    odd.mkdir()
    file = Path(migrated_sqlite_url.removeprefix("sqlite:///"))
    file.rename(odd / "app.db")

    async with opened(f"sqlite:///{odd}/app.db") as database:
        await store(database, a_user())


def _set_revision(url: str, revision: str) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("UPDATE armature_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


@contextmanager
def _unprivileged() -> Iterator[None]:
    """Be somebody whom file modes bind, which they do not root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
