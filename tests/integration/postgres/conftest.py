from collections.abc import AsyncIterator

import pytest

from application.ports.database import Database
from tests.integration.postgres.opened import opened


@pytest.fixture
async def database(migrated_postgres_url: str) -> AsyncIterator[Database]:
    """An open database, migrated and empty."""
    async with opened(migrated_postgres_url) as database:
        yield database
