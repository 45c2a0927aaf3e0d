"""SQLite on a private temporary file: the database of `memory://`.

It is the shipped engine, so whatever works on `memory://` works on a file. A database in memory of
SQLite's own locks readers out while somebody writes. The schema is the snapshot that is kept with
the migrations, and takes about 1 ms.
"""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from adapters.sql.database import SqlDatabase
from adapters.sqlite.connections import TEMPORARY_PRAGMAS, Connections, connect
from adapters.sqlite.database import SqliteDriver
from application.settings import Settings

_SCHEMA: Final = Path(__file__).parents[1] / "migrations" / "sqlite_schema.sql"
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 # nosec B108 - the folder in it is private


class TemporaryDriver(SqliteDriver):
    """Makes its file when it opens, and removes it when it closes."""

    def __init__(self, readers: int) -> None:
        super().__init__(Connections(Path(), readers, TEMPORARY_PRAGMAS))
        self._folder: TemporaryDirectory[str] | None = None

    async def open(self) -> None:
        self._folder = TemporaryDirectory(
            prefix="armature-", dir=_MEMORY if _MEMORY.is_dir() else None
        )
        self._connections.file = Path(self._folder.name, "memory.db")
        connection = connect(self._connections.file, TEMPORARY_PRAGMAS, "rwc")
        make_schema(connection)
        connection.close()
        await super().open()

    async def close(self) -> None:
        await super().close()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()


def make_schema(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database, at the newest revision."""
    connection.executescript(_SCHEMA.read_text())


def create(url: str, settings: Settings) -> SqlDatabase:  # noqa: ARG001 - all factories are alike
    """Build an empty database; `memory://` has nothing to configure."""
    return SqlDatabase(TemporaryDriver(settings.database.pool_max))
