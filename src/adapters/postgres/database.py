"""PostgreSQL as the `Database` port."""

from adapters.postgres.account_stream import PostgresAccountStream
from adapters.postgres.audit import PostgresAuditReader
from adapters.postgres.connections import Connections
from adapters.postgres.expired import PostgresExpiredReader
from adapters.postgres.schema import check_encoding, check_schema
from adapters.postgres.session_reader import PostgresSessionReader
from adapters.postgres.sqlstates import READ_ONLY
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.postgres.user_reader import PostgresCredentialReader, PostgresUserReader
from application.errors import DatabaseReadOnly
from application.ports.database import Database
from application.ports.load import Load
from application.settings import Settings


class PostgresDatabase(Database):
    """Opens only on a server that answers and a schema that is migrated."""

    name = "database"

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @property
    def users(self) -> PostgresUserReader:
        return PostgresUserReader(self._connections)

    @property
    def credentials(self) -> PostgresCredentialReader:
        return PostgresCredentialReader(self._connections)

    @property
    def session_reader(self) -> PostgresSessionReader:
        return PostgresSessionReader(self._connections)

    @property
    def audit_reader(self) -> PostgresAuditReader:
        return PostgresAuditReader(self._connections)

    @property
    def expired_reader(self) -> PostgresExpiredReader:
        return PostgresExpiredReader(self._connections)

    @property
    def account_stream(self) -> PostgresAccountStream:
        return PostgresAccountStream(self._connections)

    def unit_of_work(self) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self._connections)

    async def open(self) -> None:
        # Outside the pool, which would wait its full time and not say what is wrong.
        async with await self._connections.connect() as connection:
            check_encoding(connection)
            await check_schema(connection)
        await self._connections.open()

    async def close(self) -> None:
        await self._connections.close()

    def load(self) -> Load:
        return self._connections.load()

    async def check(self) -> None:
        # A connection that was made before a failover leads to what is a standby now.
        if not await self._takes_writes() and not await self._takes_writes():
            raise DatabaseReadOnly(
                context={"operation": "check", "detail": "The server takes no writes."}
            )

    async def _takes_writes(self) -> bool:
        async with self._connections.taken() as connection:
            takes_writes = await check_schema(connection)
            if not takes_writes:
                connection.refused_by = READ_ONLY
        self._connections.is_read_only = not takes_writes
        return takes_writes


def create(url: str, settings: Settings) -> PostgresDatabase:
    """Build the database of a `postgresql://` URL (libpq's form and options), unopened."""
    return PostgresDatabase(Connections(url, settings.database))
