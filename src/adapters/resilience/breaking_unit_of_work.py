"""Circuit breaker around a unit of work."""

from types import TracebackType
from typing import Self

from adapters.resilience.commit_tracker import note_commit
from application.errors import (
    DatabaseUnavailable,
    DependencyUnavailable,
    OperationTimedOut,
    OutcomeUnknown,
)
from application.ports.audit_trail import AuditTrail
from application.ports.call_guard import CallGuard, CallPermit
from application.ports.expired_records import ExpiredRecords
from application.ports.idempotency_records import IdempotencyRecords
from application.ports.session_repository import SessionRepository
from application.ports.unit_of_work import UnitOfWork
from application.ports.user_repository import UserRepository


class BreakingUnitOfWork(UnitOfWork):
    """One call to the breaker, from entering to leaving.

    An outage that passes through anywhere (entering, a repository, the commit, leaving) is a
    failure. Whatever else ends the unit is an answer, since entering reached the database; only
    a caller that left says nothing. A commit whose answer was lost raises OutcomeUnknown.
    """

    def __init__(self, inner: UnitOfWork, breaker: CallGuard) -> None:
        self._inner = inner
        self._breaker = breaker
        self._permit: CallPermit | None = None
        self._is_committed = False

    @property
    def users(self) -> UserRepository:
        return self._inner.users

    @property
    def sessions(self) -> SessionRepository:
        return self._inner.sessions

    @property
    def idempotency(self) -> IdempotencyRecords:
        return self._inner.idempotency

    @property
    def audit(self) -> AuditTrail:
        return self._inner.audit

    @property
    def expired(self) -> ExpiredRecords:
        return self._inner.expired

    async def __aenter__(self) -> Self:
        permit = self._breaker.enter()
        try:
            await self._inner.__aenter__()
        except BaseException as error:
            permit.settle_by(error)
            raise
        self._permit, self._is_committed = permit, False
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        permit, self._permit = self._permit, None
        if permit is None:
            raise RuntimeError("This unit of work is not entered.")
        has_answered = self._is_committed or error is None or isinstance(error, Exception)
        exit_error: BaseException | None = None
        try:
            await self._inner.__aexit__(kind, error, trace)
        except BaseException as raised:
            exit_error = raised
            # What was committed stays true, whatever became of its connection.
            if not (self._is_committed and isinstance(raised, DependencyUnavailable)):
                raise
        finally:
            permit.settle_by(error, exit_error, has_answered=has_answered)

    async def commit(self) -> None:
        try:
            await self._inner.commit()
        except (DependencyUnavailable, OperationTimedOut, TimeoutError) as error:
            unknown = OutcomeUnknown(
                dependency=DatabaseUnavailable.dependency, context=getattr(error, "context", None)
            )
            if self._permit is not None:
                # Not left to leaving: a caller that hung up meanwhile does not let this through.
                self._permit.settle_by(unknown)
            raise unknown from error
        self._is_committed = True
        note_commit()
