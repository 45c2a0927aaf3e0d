"""Port: a storage engine as a whole."""

from typing import Protocol, TypeVar

from application.ports.call_guard import CallGuard
from application.ports.lifecycle import HealthCheck, Lifecycle
from application.ports.load import Loaded
from application.ports.unit_of_work import EventRecorder, Instrument, RepositoryKey, UnitOfWork

T = TypeVar("T")


class Database(Lifecycle, HealthCheck, Loaded, Protocol):
    """Everything one engine gives; built unopened, and opened once in a process."""

    def attach(self, *, guard: CallGuard, instrument: Instrument) -> None:
        """Set what stands around its calls, before anything uses it.

        `guard` is entered once a unit of work and once a standalone read, before a connection is
        taken, and settled when it is given back. `instrument` surrounds every operation.
        """
        ...

    def reader(self, key: RepositoryKey[T]) -> T:
        """Return what reads outside of a transaction; each read may be repeated."""
        ...

    def unit_of_work(self, events: EventRecorder) -> UnitOfWork: ...
