"""Unit of work on SQL: one transaction, its events, and what a circuit breaker sees of it."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from adapters.sql.driver import Transaction
from adapters.sql.executor import Calls, TransactionExecutor
from application.commits import note_commit, shield_to_completion
from application.errors import (
    DatabaseReadOnly,
    DatabaseUnavailable,
    DependencyUnavailable,
    OperationTimedOut,
    OutcomeUnknown,
)
from application.ports.call_guard import CallPermit
from application.ports.unit_of_work import EventRecorder, RepositoryKey, UnitOfWork

T = TypeVar("T")

Repositories = Mapping[RepositoryKey[Any], Callable[[TransactionExecutor], Any]]


class SqlUnitOfWork(UnitOfWork):
    """One call to the guard, from entering to leaving.

    An outage anywhere (entering, a statement, the commit, leaving) is a failure. Whatever else
    ends the unit is an answer, since entering reached the database; only a caller that went away
    says nothing. A commit that got no answer raises OutcomeUnknown.
    """

    def __init__(self, calls: Calls, repositories: Repositories, events: EventRecorder) -> None:
        self._calls = calls
        self._repositories = repositories
        self._events = events
        self._permit: CallPermit | None = None
        self._transaction: Transaction | None = None
        self._executor: TransactionExecutor | None = None
        self._is_committed = False

    def repository(self, key: RepositoryKey[T]) -> T:
        return cast("T", self._repositories[key](self._entered()))

    async def __aenter__(self) -> Self:
        permit = self._calls.guard.enter()
        try:
            with self._calls.instrument("transaction.begin"):
                transaction = await self._calls.driver.begin()
        except BaseException as error:
            permit.settle_by(error)
            raise
        self._permit, self._transaction, self._is_committed = permit, transaction, False
        self._executor = TransactionExecutor(self._calls, transaction)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        permit, transaction = self._permit, self._transaction
        if permit is None or transaction is None:
            raise RuntimeError("This unit of work is not entered.")
        self._permit = self._transaction = self._executor = None
        has_answered = self._is_committed or error is None or isinstance(error, Exception)
        exit_error: BaseException | None = None
        try:
            await transaction.close()
        except BaseException as raised:
            exit_error = raised
            # What was committed stays true, whatever became of its connection.
            if not (self._is_committed and isinstance(raised, DependencyUnavailable)):
                raise
        finally:
            permit.settle_by(error, exit_error, has_answered=has_answered)

    async def commit(self) -> None:
        await shield_to_completion(self._commit(self._entered()))

    async def _commit(self, executor: TransactionExecutor) -> None:
        events = [event for each in executor.aggregates for event in each.pull_events()]
        await self._events.record(self, events)
        try:
            with self._calls.instrument("transaction.commit"):
                await executor.commit()
        except DatabaseReadOnly:
            raise  # An answer, and a certain one: nothing was committed.
        except (DependencyUnavailable, OperationTimedOut, TimeoutError) as error:
            unknown = OutcomeUnknown(
                dependency=DatabaseUnavailable.dependency, context=getattr(error, "context", None)
            )
            if self._permit is not None:
                # Not left to leaving: a caller that hung up meanwhile does not let this through.
                self._permit.settle_by(unknown)
            raise unknown from error
        self._executor, self._is_committed = None, True
        note_commit()
        await self._events.publish(events)

    def _entered(self) -> TransactionExecutor:
        if self._executor is None:
            raise RuntimeError("This unit of work is not entered, or is over.")
        return self._executor
