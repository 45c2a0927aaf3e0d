from datetime import UTC, datetime, timedelta

import pytest

from adapters.migrations.runner import head
from adapters.postgres.inspection import PostgresInspection, create
from application.errors import DatabaseUnavailable
from tests.integration.postgres.opened import settings_for
from tests.unit.contracts.database_inspection import DatabaseInspectionContract


@pytest.fixture
def inspection(migrated_postgres_url: str) -> PostgresInspection:
    return create(migrated_postgres_url, settings_for(migrated_postgres_url))


class TestPostgresInspection(DatabaseInspectionContract):
    pass


async def test_the_server_tells_its_time_its_limit_and_its_revision(
    inspection: PostgresInspection,
) -> None:
    facts = await inspection.look()

    assert facts.schema.revision == head()
    assert facts.now is not None
    assert abs(facts.now - datetime.now(UTC)) < timedelta(seconds=30)
    assert facts.connections is not None
    assert facts.connections > 0
    assert not facts.is_encrypted
    assert inspection.files == ()


async def test_a_database_that_nobody_migrated_has_no_revision(postgres_url: str) -> None:
    facts = await create(postgres_url, settings_for(postgres_url)).look()

    assert facts.schema.revision is None


async def test_a_server_that_is_away_is_told_without_its_password() -> None:
    url = "postgresql://user:hunter2@127.0.0.1:1/x"

    with pytest.raises(DatabaseUnavailable) as caught:
        await create(url, settings_for(url)).look()

    assert "hunter2" not in str(caught.value.full_context)
