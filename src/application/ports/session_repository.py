"""Port: sessions inside a unit of work."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.ports.unit_of_work import RepositoryKey
from domain.session.events import EndedSessions, EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session


class SessionRepository(Protocol):
    """The sessions and their refresh tokens, for a use case that changes them.

    What `add` and `save` are refused may be told by the next call, or by the commit.
    """

    async def add(self, session: Session, token: RefreshToken) -> None:
        """Store a new session with its first token; raises DuplicateKey when one is there."""
        ...

    async def get(self, session_id: UUID) -> Session | None:
        """Give the session and lock it until the unit ends; None when there is none."""
        ...

    async def find_by_token(self, digest: bytes) -> tuple[Session, RefreshToken] | None:
        """Give the session of a refresh token, locked, and the token as it is under that lock.

        None when no token has this digest.
        """
        ...

    async def save(self, session: Session) -> None:
        """Store a changed session."""
        ...

    async def add_token(self, token: RefreshToken) -> None:
        """Store one more token of a session; the first of a generation supersedes the last.

        Raises DuplicateKey when it is there.
        """
        ...

    async def end_all(
        self, user_id: UUID, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> EndedSessions:
        """End every session of the user that has not ended, but for `keep`."""
        ...

    async def end_surplus(
        self, user_id: UUID, keep: int, reason: EndReason, now: datetime
    ) -> EndedSessions:
        """End the user's live sessions but for the `keep` that were used last.

        Whoever holds the lock of the account is alone in opening sessions of it.
        """
        ...

    async def forget_clients(self, user_id: UUID) -> None:
        """Blank where and with what the user logged in, in all their sessions, ended ones too."""
        ...


SESSIONS = RepositoryKey[SessionRepository]("sessions")
