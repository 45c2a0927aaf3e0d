"""Circuit breaker around a database."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.resilience.breaking_unit_of_work import BreakingUnitOfWork
from adapters.resilience.guarded_database import GuardedDatabase
from adapters.resilience.pipeline import Step
from application.ports.call_guard import CallGuard
from application.ports.database import Database
from application.ports.unit_of_work import UnitOfWork

T = TypeVar("T")


class _Guarded(Step):
    def __init__(self, guard: CallGuard) -> None:
        self._guard = guard

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG002 - a step's
        permit = self._guard.enter()
        try:
            result = await call()
        except BaseException as error:
            permit.settle_by(error)
            raise
        permit.settle_by(has_answered=True)
        return result


class BreakingDatabase(GuardedDatabase):
    """Refuses reads and units of work at once, with CircuitOpen, while the database is down.

    Each read is one call to the breaker, and so is a unit of work as a whole.
    """

    def __init__(self, inner: Database, breaker: CallGuard) -> None:
        super().__init__(inner, _Guarded(breaker))
        self._breaker = breaker

    def unit_of_work(self) -> UnitOfWork:
        return BreakingUnitOfWork(self._inner.unit_of_work(), self._breaker)
