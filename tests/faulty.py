"""A database driver that fails on command."""

from collections import deque
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from adapters.sql.database import SqlDatabase
from adapters.sql.dialect import Call, Dialect
from adapters.sql.driver import Driver, Read, Transaction
from adapters.sql.mapping import Row
from application.errors import DatabaseUnavailable
from application.ports.database import Database
from application.ports.load import Load


class Faults:
    """What goes wrong next, at which point: `read`, `begin`, `work`, `audit`, `commit`,
    `leave`, `check`.

    `reached` lists every point that was come to, failed or not.
    """

    def __init__(self) -> None:
        self.is_down = False
        self.reached: list[str] = []
        self._due: dict[str, deque[BaseException]] = {}

    def add(self, point: str, *errors: BaseException) -> None:
        self._due.setdefault(point, deque()).extend(errors)

    def count(self, point: str) -> int:
        return self.reached.count(point)

    def meet(self, point: str) -> None:
        self.reached.append(point)
        if self.is_down:
            raise DatabaseUnavailable
        if self._due.get(point):
            raise self._due[point].popleft()


def break_down(database: Database, faults: Faults) -> None:
    """Have a database fail on command, behind all policies."""
    assert isinstance(database, SqlDatabase)
    database._calls.driver = FaultyDriver(database._calls.driver, faults)


class FaultyDriver(Driver):
    def __init__(self, inner: Driver, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    @property
    def dialect(self) -> Dialect:
        return self._inner.dialect

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    def load(self) -> Load:
        return self._inner.load()

    async def check(self) -> None:
        self._faults.meet("check")
        await self._inner.check()

    async def read(self, call: Call) -> Sequence[Row]:
        self._faults.meet("read")
        return await self._inner.read(call)

    def snapshot(self) -> AbstractAsyncContextManager[Read]:
        return self._inner.snapshot()

    async def begin(self) -> Transaction:
        self._faults.meet("begin")
        return _FaultyTransaction(await self._inner.begin(), self._faults)


class _FaultyTransaction(Transaction):
    def __init__(self, inner: Transaction, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def run(self, *calls: Call) -> Sequence[Sequence[Row]]:
        self._meet(calls[0])
        return await self._inner.run(*calls)

    def queue(self, call: Call) -> None:
        self._meet(call)
        self._inner.queue(call)

    async def insert_new(self, call: Call, table: str) -> Sequence[Row]:
        self._meet(call)
        return await self._inner.insert_new(call, table)

    async def commit(self) -> None:
        """A fault at `commit` prevents it; one at `committed` loses the answer only."""
        self._faults.meet("commit")
        await self._inner.commit()
        self._faults.meet("committed")

    async def close(self) -> None:
        await self._inner.close()
        self._faults.meet("leave")

    def _meet(self, call: Call) -> None:
        self._faults.meet("audit" if call.operation.startswith("audit.") else "work")
