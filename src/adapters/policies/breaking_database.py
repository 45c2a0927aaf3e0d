"""A database behind a circuit breaker."""

from adapters.policies.breaker import Breaker
from adapters.policies.breaking_unit_of_work import BreakingUnitOfWork
from adapters.policies.guarded_readers import (
    GuardedAuditReader,
    GuardedCredentialReader,
    GuardedExpiredReader,
    GuardedSessionReader,
    GuardedUserReader,
)
from application.ports.database import Database
from application.ports.load import Load
from application.ports.unit_of_work import UnitOfWork


class BreakingDatabase(Database):
    """Refuses reads and units of work at once, with CircuitOpen, while the database is down.

    Each read is one call to the breaker, and so is a unit of work as a whole. `check` passes it
    by: readiness, and the probe that ends an outage, ask the database itself.
    """

    def __init__(self, inner: Database, breaker: Breaker) -> None:
        self._inner = inner
        self._breaker = breaker

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def users(self) -> GuardedUserReader:
        return GuardedUserReader(self._inner.users, self._breaker)

    @property
    def credentials(self) -> GuardedCredentialReader:
        return GuardedCredentialReader(self._inner.credentials, self._breaker)

    @property
    def session_reader(self) -> GuardedSessionReader:
        return GuardedSessionReader(self._inner.session_reader, self._breaker)

    @property
    def audit_reader(self) -> GuardedAuditReader:
        return GuardedAuditReader(self._inner.audit_reader, self._breaker)

    @property
    def expired_reader(self) -> GuardedExpiredReader:
        return GuardedExpiredReader(self._inner.expired_reader, self._breaker)

    def unit_of_work(self) -> UnitOfWork:
        return BreakingUnitOfWork(self._inner.unit_of_work(), self._breaker)

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def check(self) -> None:
        await self._inner.check()

    def load(self) -> Load:
        return self._inner.load()
