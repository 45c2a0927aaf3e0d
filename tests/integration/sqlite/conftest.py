from collections.abc import AsyncIterator

import pytest

from application.ports.database import Database
from tests.integration.sqlite.opened import opened


@pytest.fixture
async def database(migrated_sqlite_url: str) -> AsyncIterator[Database]:
    """An open database, migrated and empty."""
    async with opened(migrated_sqlite_url) as database:
        yield database
