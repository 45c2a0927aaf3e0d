"""SQLite as the `Database` port."""

from pathlib import Path

from adapters.sqlite.account_stream import SqliteAccountStream
from adapters.sqlite.audit import SqliteAuditReader
from adapters.sqlite.connections import Connections
from adapters.sqlite.expired import SqliteExpiredReader
from adapters.sqlite.location import check_file, file_of
from adapters.sqlite.schema import check_schema
from adapters.sqlite.session_reader import SqliteSessionReader
from adapters.sqlite.unit_of_work import SqliteUnitOfWork
from adapters.sqlite.user_reader import SqliteCredentialReader, SqliteUserReader
from application.ports.database import Database
from application.ports.load import Load
from application.settings import Settings


class SqliteDatabase(Database):
    """Its file is there and migrated when it opens; `make_folder` makes its folder if need be."""

    name = "database"

    def __init__(self, file: Path, *, readers: int, make_folder: bool = False) -> None:
        self._file = file
        self._make_folder = make_folder
        self._connections = Connections(file, readers)

    @property
    def users(self) -> SqliteUserReader:
        return SqliteUserReader(self._connections)

    @property
    def credentials(self) -> SqliteCredentialReader:
        return SqliteCredentialReader(self._connections)

    @property
    def session_reader(self) -> SqliteSessionReader:
        return SqliteSessionReader(self._connections)

    @property
    def audit_reader(self) -> SqliteAuditReader:
        return SqliteAuditReader(self._connections)

    @property
    def expired_reader(self) -> SqliteExpiredReader:
        return SqliteExpiredReader(self._connections)

    @property
    def account_stream(self) -> SqliteAccountStream:
        return SqliteAccountStream(self._connections)

    def unit_of_work(self) -> SqliteUnitOfWork:
        return SqliteUnitOfWork(self._connections)

    async def open(self) -> None:
        check_file(self._file, make_folder=self._make_folder)
        try:
            await self._connections.open()
            await self.check()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        await self._connections.close()

    def load(self) -> Load:
        return self._connections.load()

    async def check(self) -> None:
        async with self._connections.reading() as connection:
            await check_schema(connection)


def create(url: str, settings: Settings) -> SqliteDatabase:
    """Build the database of `sqlite:///relative/path` or `sqlite:////absolute/path`, unopened."""
    return SqliteDatabase(
        file_of(url),
        readers=settings.database.pool_max,
        make_folder=settings.database.is_default,
    )
