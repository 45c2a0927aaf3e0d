"""SQL database: readers and units of work over the driver of an engine."""

from typing import Final, TypeVar, cast

from adapters.sql.driver import Driver
from adapters.sql.executor import Calls, QueryExecutor
from adapters.sql.repositories import READERS, REPOSITORIES
from adapters.sql.unit_of_work import SqlUnitOfWork
from application.ports.call_guard import CallGuard
from application.ports.database import Database
from application.ports.load import Load
from application.ports.unit_of_work import EventRecorder, Instrument, RepositoryKey, UnitOfWork

T = TypeVar("T")

REVISION: Final = "0004"
"""The oldest revision that the statements work on; a test compares it with the newest."""


class SqlDatabase(Database):
    name = "database"

    def __init__(self, driver: Driver) -> None:
        self._calls = Calls(driver)

    def attach(self, *, guard: CallGuard, instrument: Instrument) -> None:
        self._calls.guard, self._calls.instrument = guard, instrument

    def reader(self, key: RepositoryKey[T]) -> T:
        return cast("T", READERS[key](QueryExecutor(self._calls)))

    def unit_of_work(self, events: EventRecorder) -> UnitOfWork:
        return SqlUnitOfWork(self._calls, REPOSITORIES, events)

    async def open(self) -> None:
        await self._calls.driver.open()

    async def close(self) -> None:
        await self._calls.driver.close()

    async def check(self) -> None:
        # Not guarded: readiness, and the probe that ends an outage, ask the database itself.
        await self._calls.driver.check()

    def load(self) -> Load:
        return self._calls.driver.load()
