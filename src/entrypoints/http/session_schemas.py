"""What answers hold of sessions and their tokens."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from application.session.session_opener import TokenPair
from application.session.views import SessionView
from application.user.change_password import ChangedPassword
from entrypoints.http.fields import Cursor, RefreshSecret, Timestamp


class Session(Struct, frozen=True, kw_only=True):
    """One log-in on one device."""

    id: UUID
    created_at: Timestamp
    last_used_at: Timestamp
    expires_at: Timestamp
    client_address: Annotated[str | None, Meta(examples=["203.0.113.7"])]
    user_agent: Annotated[str | None, Meta(examples=["Mozilla/5.0"])]
    is_current: Annotated[bool, Meta(description="Whether it is the one that asks.")]

    @classmethod
    def of(cls, view: SessionView, current: UUID) -> "Session":
        return cls(
            id=view.id,
            created_at=view.created_at,
            last_used_at=view.last_used_at,
            expires_at=view.expires_at,
            client_address=view.client_address,
            user_agent=view.user_agent,
            is_current=view.id == current,
        )


class Sessions(Struct, frozen=True, kw_only=True):
    """A page of live sessions, the newest first; `next_cursor` is null on the last one."""

    sessions: list[Session]
    next_cursor: Cursor | None


class SessionRecord(Struct, frozen=True, kw_only=True):
    """All that is held on a session."""

    id: UUID
    created_at: Timestamp
    last_used_at: Timestamp
    expires_at: Timestamp
    ended_at: Timestamp | None
    end_reason: Annotated[str | None, Meta(examples=["logged_out"])]
    mode: Annotated[str | None, Meta(description="Where its tokens are.", examples=["cookie"])]
    network: Annotated[str | None, Meta(examples=["203.0.113.0/24"])]
    client_address: Annotated[str | None, Meta(examples=["203.0.113.7"])]
    user_agent: Annotated[str | None, Meta(examples=["Mozilla/5.0"])]


class Tokens(Struct, frozen=True, kw_only=True):
    """A pair of tokens; `expires_in` is the life of `token`, in seconds."""

    token: Annotated[str, Meta(description="The access token, a JWT.", examples=["eyJhbGci..."])]
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme (RFC 6750)
    expires_in: Annotated[int, Meta(examples=[900])]
    refresh_token: RefreshSecret

    @classmethod
    def of(cls, pair: TokenPair) -> "Tokens":
        return cls(
            token=pair.access_token,
            expires_in=pair.expires_in,
            refresh_token=pair.refresh_token,
        )


Lifetime = Annotated[
    int, Meta(description="Seconds until the next refresh is due.", examples=[900])
]


class BrowserRefresh(Struct, frozen=True, kw_only=True):
    """The next tokens are in cookies."""

    expires_in: Lifetime


EndedSessions = Annotated[
    int, Meta(description="All that there were, yours included.", examples=[2])
]


class PasswordChanged(Struct, frozen=True, kw_only=True):
    """How many sessions ended, and the tokens of the one that takes the place of yours."""

    sessions_ended: EndedSessions
    token: Annotated[str, Meta(description="The access token, a JWT.", examples=["eyJhbGci..."])]
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme (RFC 6750)
    expires_in: Annotated[int, Meta(examples=[900])]
    refresh_token: RefreshSecret

    @classmethod
    def of(cls, changed: ChangedPassword, pair: TokenPair) -> "PasswordChanged":
        return cls(
            sessions_ended=changed.sessions_ended,
            token=pair.access_token,
            expires_in=pair.expires_in,
            refresh_token=pair.refresh_token,
        )


class BrowserPasswordChanged(Struct, frozen=True, kw_only=True):
    """How many sessions ended; the tokens of the one that takes the place of yours are cookies."""

    sessions_ended: EndedSessions
    expires_in: Lifetime


class Ended(Struct, frozen=True):
    """How many sessions ended."""

    sessions_ended: Annotated[int, Meta(examples=[2])]
