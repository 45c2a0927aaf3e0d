"""Database with a policy around every read."""

from adapters.resilience.guarded_readers import (
    GuardedAccountStream,
    GuardedAuditReader,
    GuardedCredentialReader,
    GuardedExpiredReader,
    GuardedSessionReader,
    GuardedUserReader,
)
from adapters.resilience.pipeline import Step
from application.ports.database import Database
from application.ports.load import Load


class GuardedDatabase(Database):
    """Leaves units of work to whoever knows what the policy means for them.

    `check` passes the policy by: readiness, and the probe that ends an outage, ask the database
    itself.
    """

    def __init__(self, inner: Database, policy: Step) -> None:
        self._inner = inner
        self._policy = policy

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def users(self) -> GuardedUserReader:
        return GuardedUserReader(self._inner.users, self._policy)

    @property
    def credentials(self) -> GuardedCredentialReader:
        return GuardedCredentialReader(self._inner.credentials, self._policy)

    @property
    def session_reader(self) -> GuardedSessionReader:
        return GuardedSessionReader(self._inner.session_reader, self._policy)

    @property
    def audit_reader(self) -> GuardedAuditReader:
        return GuardedAuditReader(self._inner.audit_reader, self._policy)

    @property
    def expired_reader(self) -> GuardedExpiredReader:
        return GuardedExpiredReader(self._inner.expired_reader, self._policy)

    @property
    def account_stream(self) -> GuardedAccountStream:
        return GuardedAccountStream(self._inner.account_stream, self._policy)

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def check(self) -> None:
        await self._inner.check()

    def load(self) -> Load:
        return self._inner.load()
