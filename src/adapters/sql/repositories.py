"""Every repository and reader by its key; a feature adds a line for each of its own."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from adapters.sql import audit, expired, idempotency, sessions, users
from adapters.sql.executor import QueryExecutor, TransactionExecutor
from application.ports.account_stream import ACCOUNT_STREAM
from application.ports.audit_reader import AUDIT_READER
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.credential_reader import CREDENTIALS
from application.ports.expired_reader import EXPIRED_READER
from application.ports.expired_records import EXPIRED_RECORDS
from application.ports.idempotency_records import IDEMPOTENCY_RECORDS
from application.ports.session_reader import SESSION_READER
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import RepositoryKey
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from domain.errors import DomainError
from domain.user.errors import UserAlreadyExists

REPOSITORIES: Final[Mapping[RepositoryKey[Any], Callable[[TransactionExecutor], Any]]] = {
    USERS: users.SqlUserRepository,
    SESSIONS: sessions.SqlSessionRepository,
    IDEMPOTENCY_RECORDS: idempotency.SqlIdempotencyRecords,
    AUDIT_TRAIL: audit.SqlAuditTrail,
    EXPIRED_RECORDS: expired.SqlExpiredRecords,
}
READERS: Final[Mapping[RepositoryKey[Any], Callable[[QueryExecutor], Any]]] = {
    USER_READER: users.SqlUserReader,
    CREDENTIALS: users.SqlCredentialReader,
    ACCOUNT_STREAM: users.SqlAccountStream,
    SESSION_READER: sessions.SqlSessionReader,
    AUDIT_READER: audit.SqlAuditReader,
    EXPIRED_READER: expired.SqlExpiredReader,
}

DUPLICATES: Final[Mapping[str, type[DomainError]]] = {"users_email_key": UserAlreadyExists}
"""What a violated unique constraint means, by table and column; any other is DuplicateKey."""
