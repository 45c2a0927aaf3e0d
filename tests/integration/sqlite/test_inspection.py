import sqlite3
from pathlib import Path

import pytest

from adapters.migrations.runner import head
from adapters.sqlite.inspection import SqliteInspection, create
from application.errors import DatabaseFailure, DatabaseUnavailable
from domain.errors import DomainError
from tests.integration.sqlite.opened import settings_for
from tests.unit.contracts.database_inspection import DatabaseInspectionContract


class TestSqliteInspection(DatabaseInspectionContract):
    @pytest.fixture
    def inspection(self, migrated_sqlite_url: str) -> SqliteInspection:
        return create(migrated_sqlite_url, settings_for(migrated_sqlite_url))


async def test_it_tells_the_revision_of_its_file(migrated_sqlite_url: str) -> None:
    inspection = create(migrated_sqlite_url, settings_for(migrated_sqlite_url))

    assert (await inspection.look()).schema.revision == head()
    assert inspection.files[0] == migrated_sqlite_url.removeprefix("sqlite:///")


async def test_a_file_that_nobody_migrated_has_no_revision(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "new.db").close()

    assert (await SqliteInspection(tmp_path / "new.db").look()).schema.revision is None


@pytest.mark.parametrize(
    ("content", "kind"), [(None, DatabaseFailure), (b"x" * 200, DatabaseFailure)]
)
async def test_a_file_that_is_not_there_or_damaged_is_a_failure_and_stays_so(
    tmp_path: Path, content: bytes | None, kind: type[DomainError]
) -> None:
    file = tmp_path / "x.db"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(kind):
        await SqliteInspection(file).look()

    assert file.exists() is (content is not None)


async def test_the_default_file_is_made_later(tmp_path: Path) -> None:
    facts = await SqliteInspection(tmp_path / "x.db", is_made_later=True).look()

    assert facts.schema.revision is None


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        await SqliteInspection(tmp_path / "no" / "x.db").look()
