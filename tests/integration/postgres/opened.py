"""How these tests get a database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.postgres.database import create
from application.ports.database import Database
from application.settings import DatabaseSettings, Settings
from tests.unit.settings import some_settings


def settings_for(url: str, **options: int) -> Settings:
    return replace(some_settings(), database=DatabaseSettings(url=url, is_default=False, **options))


@asynccontextmanager
async def opened(url: str, **options: int) -> AsyncIterator[Database]:
    database = create(url, settings_for(url, **options))
    try:
        await database.open()
        yield database
    finally:
        await database.close()
