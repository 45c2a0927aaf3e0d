"""Databases and units of work outside of a container."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from adapters.sql.database import SqlDatabase
from adapters.sql.driver import Driver
from adapters.sqlite.temporary import make_schema
from application.ports.database import Database
from application.ports.unit_of_work import EventRecorder, UnitOfWork
from application.settings import DatabaseSettings
from domain.events import DomainEvent


class EventJournal(EventRecorder):
    """Remembers the events of units of work."""

    def __init__(self) -> None:
        self.recorded: list[DomainEvent] = []
        self.published: list[DomainEvent] = []

    async def record(self, unit: UnitOfWork, events: Sequence[DomainEvent]) -> None:
        self.recorded += events

    async def publish(self, events: Sequence[DomainEvent]) -> None:
        self.published += events


def a_unit(database: Database) -> UnitOfWork:
    return database.unit_of_work(EventJournal())


def driver_of(database: Database) -> Driver:
    assert isinstance(database, SqlDatabase)
    return database._calls.driver


class Shared(SqlDatabase):
    """A database that somebody else opens and closes."""

    def __init__(self, database: Database) -> None:
        super().__init__(driver_of(database))

    async def open(self) -> None: ...

    async def close(self) -> None: ...


def an_sqlite_file(folder: Path) -> DatabaseSettings:
    """Make an empty database that is migrated, and outlives a container."""
    file = folder / "armature.db"
    connection = sqlite3.connect(file)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
    make_schema(connection)
    connection.close()
    return DatabaseSettings(url=f"sqlite:///{file}", is_default=False)
