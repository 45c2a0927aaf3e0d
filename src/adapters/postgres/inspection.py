"""Inspection of a PostgreSQL server for `doctor`, on a connection of its own."""

from dataclasses import dataclass
from datetime import datetime

from adapters.postgres.connection import Connection, run
from adapters.postgres.connections import Connections
from adapters.postgres.schema import find_schema
from application.ports.database_inspection import DatabaseFacts, DatabaseInspection
from application.settings import Settings

_SERVER = (
    "SELECT clock_timestamp(),"
    " current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int,"
    " current_setting('transaction_read_only') = 'off'"
)


@dataclass(frozen=True, slots=True)
class PostgresInspection(DatabaseInspection):
    connections: Connections

    @property
    def has_schema(self) -> bool:
        return True

    @property
    def files(self) -> tuple[str, ...]:
        return ()

    async def look(self) -> DatabaseFacts:
        async with await self.connections.connect() as connection:
            (row,) = await run(connection, "inspect", _SERVER, {})
            server = _Server(*row)
            return DatabaseFacts(
                schema=await find_schema(connection),
                encoding=connection.encoding,
                now=server.now,
                connections=server.connections,
                is_encrypted=_is_encrypted(connection),
                takes_writes=server.takes_writes,
            )


@dataclass(frozen=True, slots=True)
class _Server:
    now: datetime
    connections: int
    takes_writes: bool


def _is_encrypted(connection: Connection) -> bool | None:
    """Tell whether TLS protects it; None for a Unix socket, which needs none."""
    is_local = connection.info.host.startswith(("/", "@"))
    return None if is_local else connection.pgconn.ssl_in_use


def create(url: str, settings: Settings) -> PostgresInspection:
    """Build one for a `postgresql://` URL; raises InvalidSettings."""
    return PostgresInspection(Connections(url, settings.database))
