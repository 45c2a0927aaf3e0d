"""Inspection of an SQLite file for `doctor`."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import aiosqlite

from adapters.sqlite.connections import connect
from adapters.sqlite.errors import translated
from adapters.sqlite.location import check_file, file_of
from adapters.sqlite.schema import find_schema
from application.ports.database_inspection import DatabaseFacts, DatabaseInspection
from application.settings import Settings

_PRAGMAS = "PRAGMA busy_timeout = 2000"
"""Milliseconds to wait for a lock; whoever looks would rather know of it."""


@dataclass(frozen=True, slots=True)
class SqliteInspection(DatabaseInspection):
    """`is_made_later` says that the first start makes a file that is not there yet."""

    file: Path
    is_made_later: bool = False

    @property
    def has_schema(self) -> bool:
        return True

    @property
    def files(self) -> tuple[str, ...]:
        # The log holds rows too.
        return (str(self.file), f"{self.file}-wal", str(self.file.parent))

    async def look(self) -> DatabaseFacts:
        if self.is_made_later and not self.file.exists():
            return DatabaseFacts()
        check_file(self.file, make_folder=False)
        with translated("inspect"):
            connected = await asyncio.to_thread(connect, self.file, _PRAGMAS)
        async with aiosqlite.Connection(lambda: connected, 64) as connection:
            return DatabaseFacts(schema=await find_schema(connection))


def create(url: str, settings: Settings) -> SqliteInspection:
    """Build one for the file of an SQLite URL; raises InvalidSettings."""
    return SqliteInspection(file_of(url), settings.database.is_default)
