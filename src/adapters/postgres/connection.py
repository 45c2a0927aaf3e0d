"""One connection: its settings, its statements, and what an interruption or an error does to it."""

import asyncio
import select
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar

from psycopg import AsyncConnection, Error, NotSupportedError, waiting
from psycopg.abc import PQGen
from psycopg.generators import cancel
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGcancelConn
from psycopg.rows import TupleRow

from adapters.postgres.errors import meaning_of, translated
from application.errors import DatabaseReadOnly

T = TypeVar("T")

CANCEL: Final = 1.0
"""Seconds for a cancel request, which nobody waits for."""

SILENT = 0.5
"""Seconds after which a statement that is given up makes the other connections suspect."""

# Times in another style than ISO cannot be read (psycopg). Only settings that PgBouncer tracks for
# each client, in transaction mode too: any other SET would reach somebody else's transaction.
_SETTINGS: Final = {
    b"DateStyle": b"ISO",
    b"TimeZone": b"UTC",
    b"standard_conforming_strings": b"on",
}
_SET = b"SET datestyle = ISO; SET timezone = 'UTC'; SET standard_conforming_strings = on"


class Connection(AsyncConnection):
    """A connection that nobody waits for in vain, and that remembers what it was refused.

    An interrupted statement closes it at once: waiting for a server that may never answer would
    make the caller miss its deadline. `refused_by` is a SQLSTATE that says something about the
    connection, or about its server.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as its class has them
        super().__init__(*args, **kwargs)
        self.made_at = self.used_at = time.monotonic()
        self.refused_by: str | None = None
        self.was_silent = False
        self._cancellation: PGcancelConn | None = None

    async def wait(
        self,
        gen: PQGen[T],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's
    ) -> T:
        """Run a step of the protocol; every statement, COPY and pipeline passes here."""
        began = time.monotonic()
        try:
            return await waiting.wait_async(
                gen, self.pgconn.socket, interval=interval, timeout=timeout
            )
        except asyncio.CancelledError:
            self.was_silent = time.monotonic() - began > SILENT
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self._abandon()
            raise
        except Error as error:
            if error.sqlstate is not None:
                meaning = meaning_of(error.sqlstate)
                if meaning.retires or meaning.error is DatabaseReadOnly:
                    self.refused_by = error.sqlstate
            raise

    def _abandon(self) -> None:
        # libpq before version 17 has no cancel request that does not block.
        with suppress(NotSupportedError):
            self._cancellation = self.pgconn.cancel_conn()
        self.pgconn.finish()

    async def end_abandoned(self) -> None:
        """Ask the server to end the statement that nobody waits for any more."""
        cancellation, self._cancellation = self._cancellation, None
        if cancellation is not None:
            # A server that does not take the request is as gone as its connection.
            with suppress(Error):
                cancellation.start()
                await waiting.wait_conn_async(cancel(cancellation), interval=0.1, timeout=CANCEL)

    async def settle(self) -> None:
        """Override the settings of role and database that change what values look like."""
        status = self.pgconn.parameter_status
        if any(not (status(name) or b"").startswith(value) for name, value in _SETTINGS.items()):
            await self.execute(_SET, prepare=False)

    @property
    def is_quiet(self) -> bool:
        """Whether the server said nothing while nobody asked: its last words are why it closed.

        This costs a system call, and no round trip as a test query would.
        """
        if self.closed:
            return False
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        return not poll.poll(0)

    @property
    def encoding(self) -> str:
        """The encoding of the database, as the server reports it at connection."""
        return (self.pgconn.parameter_status(b"server_encoding") or b"").decode()


async def run(
    connection: Connection,
    operation: str,
    statement: str,
    values: Mapping[str, Any],
    *,
    plan_anew: bool = False,
) -> list[TupleRow]:
    """Run one statement and give its rows.

    With `plan_anew` the server plans it for the values at hand, every time.
    """
    with translated(operation):
        async with connection.cursor() as cursor:
            await cursor.execute(statement, values, prepare=False if plan_anew else None)
            return [] if cursor.description is None else await cursor.fetchall()
