"""SQL executors: every statement passes here, is encoded, instrumented and decoded."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import nullcontext
from typing import Any, TypeVar

from adapters.sql.dialect import Call, Query, Write
from adapters.sql.driver import Driver, Transaction
from application.ports.call_guard import CallGuard, Unguarded
from application.ports.unit_of_work import Instrument
from domain.events import Aggregate

T = TypeVar("T")


class Calls:
    """What stands around the calls of a database; see `Database.attach`."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.guard: CallGuard = Unguarded()
        self.instrument: Instrument = nullcontext


class QueryExecutor:
    """Runs standalone reads, each on a connection of the pool."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def all(self, query: Query[T], **values: object) -> list[T]:
        calls, dialect = self._calls, self._calls.driver.dialect
        permit = calls.guard.enter()
        try:
            with calls.instrument(query.operation):
                rows = await calls.driver.read(dialect.call(query, values))
        except BaseException as error:
            permit.settle_by(error)
            raise
        permit.settle_by(has_answered=True)
        return dialect.rows(query, rows)

    async def one(self, query: Query[T], **values: object) -> T | None:
        found = await self.all(query, **values)
        return found[0] if found else None

    async def pages(
        self, query: Query[T], key: Callable[[T], object], **values: object
    ) -> AsyncGenerator[list[T], None]:
        """Run a query for page after page of one state of the database.

        Its parameter `after` is the `key` of the last row of the page before.
        """
        calls, dialect = self._calls, self._calls.driver.dialect
        permit = calls.guard.enter()
        try:
            async with calls.driver.snapshot() as read:
                while True:
                    with calls.instrument(query.operation):
                        rows = await read(dialect.call(query, values))
                    page = dialect.rows(query, rows)
                    if not page:
                        break
                    yield page
                    values["after"] = key(page[-1])
        except BaseException as error:
            permit.settle_by(error)
            raise
        permit.settle_by(has_answered=True)


class TransactionExecutor:
    """Runs the statements of a unit of work, and collects the aggregates that pass.

    What is queued runs with the next statement, the commit at the latest: a lock that was taken
    is held through every round trip, and the server may be half a millisecond away.
    """

    def __init__(self, calls: Calls, transaction: Transaction) -> None:
        self._dialect = calls.driver.dialect
        self._instrument = calls.instrument
        self._transaction = transaction
        self.commit = transaction.commit
        self.aggregates: list[Aggregate] = []

    async def all(self, query: Query[T], **values: object) -> list[T]:
        (found,) = await self.together(query, **values)
        return found

    async def one(self, query: Query[T], **values: object) -> T | None:
        found = await self.all(query, **values)
        return found[0] if found else None

    async def together(self, *queries: Query[Any], **values: object) -> list[list[Any]]:
        """Run queries of one operation with the same values, in one round trip."""
        calls = [self._dialect.call(query, values) for query in queries]
        with self._instrument(queries[0].operation):
            found = await self._transaction.run(*calls)
        results = [self._dialect.rows(*each) for each in zip(queries, found, strict=True)]
        for rows in results:
            self.aggregates += (each for each in rows if isinstance(each, Aggregate))
        return results

    async def run(self, write: Write, *every: object) -> None:
        """Run a write at once, so that what it violates is raised here."""
        call = self._call(write, every)
        with self._instrument(write.operation):
            await self._transaction.run(call)

    def queue(self, write: Write, *every: object) -> None:
        """Run a write with what comes next, once for each entity, or mapping of values."""
        if not every:
            return
        call = self._call(write, every)
        with self._instrument(write.operation):
            self._transaction.queue(call)

    async def insert_new(self, query: Query[T], table: str, entities: Sequence[object]) -> set[T]:
        """Insert those that conflict with no row, none of which is collected; give their ids."""
        if not entities:
            return set()
        call = self._dialect.call(query, *map(query.values_of, entities))
        with self._instrument(query.operation):
            rows = await self._transaction.insert_new(call, table)
        return {*self._dialect.rows(query, rows)}

    def _call(self, write: Write, every: Sequence[object]) -> Call:
        self.aggregates += (each for each in every if isinstance(each, Aggregate))
        return self._dialect.call(write, *map(write.values_of, every))
