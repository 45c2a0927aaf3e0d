import pytest

from adapters.memory.database import create
from application.ports.database import Database
from tests.unit.settings import some_settings


@pytest.fixture
async def database() -> Database:
    """An empty database in this process, open."""
    database = create("memory://", some_settings())
    await database.open()
    return database
