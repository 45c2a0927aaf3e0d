"""What happens to sessions."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.events import DomainEvent


class EndReason(StrEnum):
    """Why a session ended; the values are stored."""

    LOGGED_OUT = "logged_out"
    REVOKED = "revoked"
    REUSED = "refresh_reused"
    SESSION_LIMIT = "session_limit"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a password
    DEACTIVATED = "deactivated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(DomainEvent):
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRefreshed(DomainEvent):
    """`recovers` when it passed generations over, since an answer was lost."""

    session_id: UUID
    generation: int
    recovers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded(DomainEvent):
    """`together` when they ended as the sessions of one user, whichever those were."""

    session_ids: tuple[UUID, ...]
    reason: EndReason
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInFailed(DomainEvent):
    """`reason` is the code of the error that the caller got."""

    reason: str
