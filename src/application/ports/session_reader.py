"""Sessions, for reading."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.actor import Account
from application.session.views import SessionRecord, SessionView
from domain.session.session import Recovery


@dataclass(frozen=True, slots=True)
class LiveSession:
    """Who a session belongs to, and which of its access tokens are refused all the same."""

    account: Account
    recovery: Recovery | None = None


class SessionReader(Protocol):
    """Reads sessions."""

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        """Give who the session belongs to, with the roles of today.

        None when it has ended or expired, or when its user is deactivated or closed.
        """
        ...

    async def list_live(self, user_id: UUID, now: datetime) -> tuple[SessionView, ...]:
        """Give the user's sessions that have neither ended nor expired, the newest first."""
        ...

    async def list_all(self, user_id: UUID) -> tuple[SessionRecord, ...]:
        """Give every session of the user that is on record, ended ones too, the newest first."""
        ...
