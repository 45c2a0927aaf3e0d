"""What an engine has to bring: connections, transactions, and their errors as the application's."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from adapters.sql.dialect import Call, Dialect
from adapters.sql.mapping import Row
from application.ports.lifecycle import Lifecycle
from application.ports.load import Loaded

Read = Callable[[Call], Awaitable[Sequence[Row]]]
"""Runs one statement and gives its rows."""


class Transaction(Protocol):
    """A write transaction on a connection of its own.

    After an error of the database nothing but `close` is possible.
    """

    async def run(self, *calls: Call) -> Sequence[Sequence[Row]]:
        """Run statements after those that are queued, in one round trip; give the rows of each.

        Each sees what was committed before it began.
        """
        ...

    def queue(self, call: Call) -> None:
        """Run a statement with what comes next, the commit at the latest, which then fails."""
        ...

    async def insert_new(self, call: Call, table: str) -> Sequence[Row]:
        """Run an INSERT that leaves out rows that conflict; give the rows that it returns.

        Whoever inserts the same ones meanwhile is waited for.
        """
        ...

    async def commit(self) -> None: ...

    async def close(self) -> None:
        """Roll back what is not committed, and give the connection back."""
        ...


class Driver(Lifecycle, Loaded, Protocol):
    """Raises DependencyUnavailable, DatabaseFailure, and what a constraint means."""

    @property
    def dialect(self) -> Dialect: ...

    async def check(self) -> None:
        """Raise what is wrong with the database: out of reach, read-only, not migrated."""
        ...

    async def read(self, call: Call) -> Sequence[Row]:
        """Run one statement that changes nothing, on a connection of the pool."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Read]:
        """Give what reads from one state of the database, on one connection."""
        ...

    async def begin(self) -> Transaction: ...
