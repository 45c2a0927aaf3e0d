"""Port: reads sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.actor import Account
from application.ports.unit_of_work import RepositoryKey
from application.session.views import SessionQuery, SessionRecord
from domain.session.session import Recovery, SessionMode


@dataclass(frozen=True, slots=True)
class LiveSession:
    """Who a session belongs to, and which of its access tokens are refused all the same.

    `mode` is how its tokens have to be presented, None for either.
    """

    account: Account
    recovery: Recovery | None = None
    mode: SessionMode | None = None


class SessionReader(Protocol):
    """Reads sessions."""

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        """Give who the session belongs to, with the roles of today.

        None when it has ended or expired, or when its user is deactivated or closed.
        """
        ...

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        """Give one page of the sessions of a user that are on record, the newest first."""
        ...


SESSION_READER = RepositoryKey[SessionReader]("session reader")
