"""A database that fails on command."""

from collections import deque
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from application.audit.entry import AuditEntry, AuditQuery
from application.errors import DatabaseUnavailable
from application.maintenance.expiry import Amounts, Expiry
from application.ports.account_stream import AccountStream
from application.ports.audit_reader import AuditReader
from application.ports.audit_trail import AuditTrail
from application.ports.credential_reader import CredentialReader, Credentials
from application.ports.database import Database
from application.ports.expired_reader import ExpiredReader
from application.ports.expired_records import ExpiredRecords
from application.ports.idempotency_records import IdempotencyRecords
from application.ports.load import Load
from application.ports.session_reader import LiveSession, SessionReader
from application.ports.session_repository import SessionRepository
from application.ports.unit_of_work import UnitOfWork
from application.ports.user_reader import UserReader
from application.ports.user_repository import UserRepository
from application.session.views import SessionQuery, SessionRecord
from application.user.views import UserQuery, UserView


class Faults:
    """What goes wrong next, at which point: `read`, `begin`, `work`, `audit`, `commit`,
    `leave`, `check`.

    `reached` lists every point that was come to, failed or not.
    """

    def __init__(self) -> None:
        self.is_down = False
        self.reached: list[str] = []
        self._due: dict[str, deque[BaseException]] = {}

    def add(self, point: str, *errors: BaseException) -> None:
        self._due.setdefault(point, deque()).extend(errors)

    def count(self, point: str) -> int:
        return self.reached.count(point)

    def meet(self, point: str) -> None:
        self.reached.append(point)
        if self.is_down:
            raise DatabaseUnavailable
        if self._due.get(point):
            raise self._due[point].popleft()


class FaultyDatabase(Database):
    name = "database"

    def __init__(self, inner: Database, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    @property
    def users(self) -> UserReader:
        return _Users(self._inner.users, self._faults)

    @property
    def credentials(self) -> CredentialReader:
        return _Credentials(self._inner.credentials, self._faults)

    @property
    def session_reader(self) -> SessionReader:
        return _Sessions(self._inner.session_reader, self._faults)

    @property
    def audit_reader(self) -> AuditReader:
        return _Audit(self._inner.audit_reader, self._faults)

    @property
    def expired_reader(self) -> ExpiredReader:
        return _Expired(self._inner.expired_reader, self._faults)

    @property
    def account_stream(self) -> AccountStream:
        return self._inner.account_stream

    def unit_of_work(self) -> UnitOfWork:
        return _Unit(self._inner.unit_of_work(), self._faults)

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    def load(self) -> Load:
        return self._inner.load()

    async def check(self) -> None:
        self._faults.meet("check")
        await self._inner.check()


class _Users(UserReader):
    def __init__(self, inner: UserReader, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def get(self, user_id: UUID) -> UserView | None:
        self._faults.meet("read")
        return await self._inner.get(user_id)

    async def find_by_email(self, key: str) -> UserView | None:
        self._faults.meet("read")
        return await self._inner.find_by_email(key)

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        self._faults.meet("read")
        return await self._inner.page(query)


class _Credentials(CredentialReader):
    def __init__(self, inner: CredentialReader, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def by_email(self, key: str, network: str | None, since: datetime) -> Credentials | None:
        self._faults.meet("read")
        return await self._inner.by_email(key, network, since)

    async def by_id(self, user_id: UUID) -> Credentials | None:
        self._faults.meet("read")
        return await self._inner.by_id(user_id)


class _Sessions(SessionReader):
    def __init__(self, inner: SessionReader, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        self._faults.meet("read")
        return await self._inner.find_live(session_id, now)

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        self._faults.meet("read")
        return await self._inner.page(query)


class _Audit(AuditReader):
    def __init__(self, inner: AuditReader, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def page(self, query: AuditQuery) -> tuple[AuditEntry, ...]:
        self._faults.meet("read")
        return await self._inner.page(query)


class _Expired(ExpiredReader):
    def __init__(self, inner: ExpiredReader, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def count(self, expiry: Expiry) -> Amounts:
        self._faults.meet("read")
        return await self._inner.count(expiry)


class _Unit(UnitOfWork):
    def __init__(self, inner: UnitOfWork, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    @property
    def users(self) -> UserRepository:
        self._faults.meet("work")
        return self._inner.users

    @property
    def sessions(self) -> SessionRepository:
        self._faults.meet("work")
        return self._inner.sessions

    @property
    def idempotency(self) -> IdempotencyRecords:
        self._faults.meet("work")
        return self._inner.idempotency

    @property
    def audit(self) -> AuditTrail:
        self._faults.meet("audit")
        return self._inner.audit

    @property
    def expired(self) -> ExpiredRecords:
        self._faults.meet("work")
        return self._inner.expired

    async def __aenter__(self) -> Self:
        self._faults.meet("begin")
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._inner.__aexit__(kind, error, trace)
        self._faults.meet("leave")

    async def commit(self) -> None:
        """A fault at `commit` prevents it; one at `committed` loses the answer only."""
        self._faults.meet("commit")
        await self._inner.commit()
        self._faults.meet("committed")
