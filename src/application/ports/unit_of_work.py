"""Port: transactions (unit of work)."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from domain.events import DomainEvent

T = TypeVar("T")


@dataclass(frozen=True)  # slots and a generic alias exclude each other on Python 3.11
class RepositoryKey(Generic[T]):
    """Names a repository, or a reader, and carries its type: a Protocol cannot be a key itself."""

    name: str


class UnitOfWork(Protocol):
    """One write transaction: all of it happens at `commit`, or none of it does.

    Entering takes a connection, leaving without a commit rolls back. Nothing slow happens
    inside: no hashing, no network but the database. The events of every aggregate that a
    repository gave or stored are recorded in the transaction, and published after the commit.
    """

    def repository(self, key: RepositoryKey[T]) -> T:
        """Return the repository of this transaction that the key names."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def commit(self) -> None:
        """Make it true, shielded from a cancellation of the caller.

        Raises OutcomeUnknown when the database did not answer.
        """
        ...


class UnitOfWorkFactory(Protocol):
    """Gives a unit of work that is not entered yet."""

    def __call__(self) -> UnitOfWork: ...


class EventRecorder(Protocol):
    """What becomes of the events of a unit of work."""

    async def record(self, unit: UnitOfWork, events: Sequence[DomainEvent]) -> None:
        """Store what is kept of them, in the transaction of their effect."""
        ...

    async def publish(self, events: Sequence[DomainEvent]) -> None:
        """Hand them to the subscribers of this process, after the commit."""
        ...


Instrument = Callable[[str], AbstractContextManager[object]]
"""Gives the instrumentation of one operation (`users.get`): a block that lasts as long as it."""
