"""The database of a service that runs on more than one machine."""

from adapters.postgres import sql
from adapters.postgres.account_stream import PostgresAccountStream
from adapters.postgres.audit import PostgresAuditReader
from adapters.postgres.connections import Connection, Connections, run
from adapters.postgres.expired import PostgresExpiredReader
from adapters.postgres.schema import check_revision
from adapters.postgres.session_reader import PostgresSessionReader
from adapters.postgres.sqlstates import UNDEFINED_TABLE
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.postgres.user_reader import PostgresCredentialReader, PostgresUserReader
from application.errors import DatabaseFailure
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
            await _check(connection)
        await self._connections.open()

    async def close(self) -> None:
        await self._connections.close()

    def load(self) -> Load:
        return self._connections.load()

    async def check(self) -> None:
        async with self._connections.taken() as connection:
            await _check(connection)


def create(url: str, settings: Settings) -> PostgresDatabase:
    """Build the database of a `postgresql://` URL (libpq's form and options), unopened."""
    return PostgresDatabase(Connections(url, settings.database))


async def _check(connection: Connection) -> None:
    try:
        found = await run(connection, "check", sql.REVISION, {}, str)
    except DatabaseFailure as error:
        if error.context.get("sqlstate") != UNDEFINED_TABLE:
            raise
        found = []
    check_revision(found[0] if found else None)
