"""Port: a storage engine as a whole."""

from typing import Protocol

from application.ports.account_stream import AccountStream
from application.ports.audit_reader import AuditReader
from application.ports.credential_reader import CredentialReader
from application.ports.expired_reader import ExpiredReader
from application.ports.lifecycle import HealthCheck, Lifecycle
from application.ports.load import Loaded
from application.ports.session_reader import SessionReader
from application.ports.unit_of_work import UnitOfWork
from application.ports.user_reader import UserReader


class Database(Lifecycle, HealthCheck, Loaded, Protocol):
    """Everything one engine gives; built unopened, and opened once in a process."""

    @property
    def users(self) -> UserReader: ...

    @property
    def credentials(self) -> CredentialReader: ...

    @property
    def session_reader(self) -> SessionReader: ...

    @property
    def audit_reader(self) -> AuditReader: ...

    @property
    def expired_reader(self) -> ExpiredReader: ...

    @property
    def account_stream(self) -> AccountStream: ...

    def unit_of_work(self) -> UnitOfWork: ...
