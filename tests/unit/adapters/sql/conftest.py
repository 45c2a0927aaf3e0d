from collections.abc import AsyncIterator

import pytest

from adapters.sqlite.temporary import create
from application.ports.database import Database
from tests.unit.settings import some_settings


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """An empty database of this process, open."""
    database = create("memory://", some_settings())
    await database.open()
    yield database
    await database.close()
