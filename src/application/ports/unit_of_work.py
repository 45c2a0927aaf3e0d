"""Port: transactions (unit of work)."""

from types import TracebackType
from typing import Protocol, Self

from application.ports.audit_trail import AuditTrail
from application.ports.expired_records import ExpiredRecords
from application.ports.idempotency_records import IdempotencyRecords
from application.ports.session_repository import SessionRepository
from application.ports.user_repository import UserRepository


class UnitOfWork(Protocol):
    """One write transaction: all of it happens at `commit`, or none of it does.

    Entering takes a connection, leaving without a commit rolls back. Nothing slow happens
    inside: no hashing, no network but the database.
    """

    @property
    def users(self) -> UserRepository: ...

    @property
    def sessions(self) -> SessionRepository: ...

    @property
    def idempotency(self) -> IdempotencyRecords: ...

    @property
    def audit(self) -> AuditTrail: ...

    @property
    def expired(self) -> ExpiredRecords: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def commit(self) -> None:
        """Make it true. Raises DependencyUnavailable when the outcome cannot be known."""
        ...


class UnitOfWorkFactory(Protocol):
    """Gives a unit of work that is not entered yet."""

    def __call__(self) -> UnitOfWork: ...
