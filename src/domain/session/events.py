"""Events of sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
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
    """A refresh; `recovers` if it superseded generations, because a response was lost."""

    session_id: UUID
    generation: int
    recovers: bool = False


MAX_NAMED: Final = 100
"""Sessions that ended together and are named; of more, nobody carries a list around."""


@dataclass(frozen=True, slots=True)
class EndedSessions:
    """Sessions that ended together: how many, and which, unless they are more than MAX_NAMED."""

    count: int = 0
    ids: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, ids: Sequence[UUID]) -> "EndedSessions":
        return cls(len(ids), tuple(ids) if len(ids) <= MAX_NAMED else ())

    def __len__(self) -> int:
        return self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded(DomainEvent):
    """`together` when they ended as the sessions of one user, whichever those were.

    `session_ids` is empty where `count` of them are more than MAX_NAMED.
    """

    session_ids: tuple[UUID, ...]
    count: int = 1
    reason: EndReason
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInFailed(DomainEvent):
    """`reason` is the code of the error that the caller got."""

    reason: str
