"""In-memory database, for tests and trials; lost with its process."""

from asyncio import Lock

from adapters.memory.account_stream import MemoryAccountStream
from adapters.memory.audit import MemoryAuditReader
from adapters.memory.expired import MemoryExpiredReader
from adapters.memory.session_reader import MemorySessionReader
from adapters.memory.store import Store
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.memory.user_reader import MemoryCredentialReader, MemoryUserReader
from application.ports.database import Database
from application.ports.load import Load
from application.settings import Settings


class MemoryDatabase(Database):
    """Keeps what it holds when it is closed and opened again, on another event loop too."""

    name = "database"

    def __init__(self) -> None:
        self._store = Store()
        self._lock = Lock()

    @property
    def users(self) -> MemoryUserReader:
        return MemoryUserReader(self._store)

    @property
    def credentials(self) -> MemoryCredentialReader:
        return MemoryCredentialReader(self._store)

    @property
    def session_reader(self) -> MemorySessionReader:
        return MemorySessionReader(self._store)

    @property
    def audit_reader(self) -> MemoryAuditReader:
        return MemoryAuditReader(self._store)

    @property
    def expired_reader(self) -> MemoryExpiredReader:
        return MemoryExpiredReader(self._store)

    @property
    def account_stream(self) -> MemoryAccountStream:
        return MemoryAccountStream(self._store)

    def unit_of_work(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self._store, self._lock)

    async def open(self) -> None:
        # A lock belongs to the event loop that it was first waited for on.
        self._lock = Lock()

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def load(self) -> Load:
        return Load()

    async def check(self) -> None:
        """Do nothing: what is in this process is there."""


def create(url: str, settings: Settings) -> MemoryDatabase:  # noqa: ARG001 - all factories are alike
    """Build an empty database; `memory://` has nothing to configure."""
    return MemoryDatabase()
