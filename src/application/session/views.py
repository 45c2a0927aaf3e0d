"""Read models of sessions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.session.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session as its user sees it."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    client_address: str | None
    user_agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord(SessionView):
    """All data of a session; `ended_at` and `end_reason` are None until it ends."""

    ended_at: datetime | None
    end_reason: str | None
    mode: str | None
    network: str | None

    @classmethod
    def of(cls, session: Session) -> "SessionRecord":
        return cls(
            id=session.id,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            client_address=session.client_address,
            user_agent=session.user_agent,
            network=session.network,
            mode=session.mode,
            ended_at=session.ended_at,
            end_reason=session.end_reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuery:
    """One page of a user's sessions: those with an id below `before`, the highest first.

    With `live_at` only those that have neither ended nor expired by then.
    """

    user_id: UUID
    limit: int
    before: UUID | None = None
    live_at: datetime | None = None
