"""Circuit breaker around a database."""

from adapters.resilience.breaker import Breaker
from adapters.resilience.breaking_unit_of_work import BreakingUnitOfWork
from adapters.resilience.guarded_database import GuardedDatabase
from application.ports.database import Database
from application.ports.unit_of_work import UnitOfWork


class BreakingDatabase(GuardedDatabase):
    """Refuses reads and units of work at once, with CircuitOpen, while the database is down.

    Each read is one call to the breaker, and so is a unit of work as a whole.
    """

    def __init__(self, inner: Database, breaker: Breaker) -> None:
        super().__init__(inner, breaker)
        self._breaker = breaker

    def unit_of_work(self) -> UnitOfWork:
        return BreakingUnitOfWork(self._inner.unit_of_work(), self._breaker)
