"""Request and response schemas."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, convert

from application.audit import entry
from application.session.session_opener import TokenPair
from application.session.views import SessionView
from application.user.change_password import ChangedPassword
from application.user.export_data import ExportedData
from application.user.views import UserView

Email = Annotated[
    str,
    Meta(
        description="254 bytes at most.",
        examples=["ann@example.com"],
        extra_json_schema={"format": "email"},
    ),
]
Secret = Annotated[str, Meta(examples=["Correct-Horse-1"])]
NewSecret = Annotated[
    str,
    Meta(
        description="8 to 128 characters, with upper-case, lower-case and a digit by default, "
        "and in production none that is common.",
        examples=["Correct-Horse-1"],
        extra_json_schema={"minLength": 8, "maxLength": 128},
    ),
]
Name = Annotated[str, Meta(description="1 to 100 characters; plain text.", examples=["Ann Lee"])]
Timestamp = Annotated[datetime, Meta(tz=True, examples=["2026-11-22T20:33:39.123456Z"])]
Bio = Annotated[
    str,
    Meta(
        description="HTML of 2,000 characters at most: p, br, strong, em, ul, ol, li and a with "
        "an http, https or mailto link. Anything else is taken out.",
        examples=["I grow <em>sunflowers</em>."],
    ),
]
Website = Annotated[
    str,
    Meta(
        description="An http or https URL of 2,048 bytes at most, on a public host.",
        examples=["https://ann.example/"],
    ),
]
Cursor = Annotated[str, Meta(examples=["AZrPn3lRcbq2..."])]
RefreshSecret = Annotated[str, Meta(examples=["qNpDmsYEm6mS3i8ZUuKTDvq0kqTzCOdaQBYp2pVqNJk"])]


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Who did what, on whom, when and from where."""

    id: UUID
    occurred_at: Timestamp
    type: Annotated[str, Meta(examples=["role.granted"])]
    actor_id: Annotated[UUID | None, Meta(description="The user who did it, if it was one.")]
    operator: Annotated[
        str | None, Meta(description="Who did it on the command line.", examples=["root"])
    ]
    user_id: Annotated[UUID | None, Meta(description="Whom it was done to.")]
    client_address: Annotated[str | None, Meta(examples=["203.0.113.7"])]
    user_agent: Annotated[str | None, Meta(examples=["Mozilla/5.0"])]
    request_id: Annotated[str, Meta(examples=["018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41"])]
    details: Annotated[dict[str, str | int], Meta(examples=[{"role": "admin"}])]

    @classmethod
    def of(cls, entry: entry.AuditEntry) -> "AuditEntry":
        return convert(entry, cls, from_attributes=True)


class AuditPage(Struct, frozen=True, kw_only=True):
    """A page of the audit trail; `next_cursor` is null on the last one."""

    entries: list[AuditEntry]
    next_cursor: Cursor | None


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


class Register(Struct, frozen=True, kw_only=True):
    """A new account."""

    email: Email
    password: NewSecret
    name: Name | None = None


class Login(Struct, frozen=True, kw_only=True):
    """An address and its password."""

    email: Email
    password: Secret
    mode: Annotated[
        Literal["token", "cookie"],
        Meta(description="Where the tokens go: into the answer, or into cookies for a browser."),
    ] = "token"


class Refresh(Struct, frozen=True, kw_only=True):
    """The newest refresh token of a session; a browser has it in a cookie, and sends no body."""

    refresh_token: RefreshSecret | UnsetType = UNSET


class ProfileChange(Struct, frozen=True, kw_only=True):
    """What is left out stays as it is; null removes a `name`, a `bio` or a `website`."""

    name: Name | UnsetType | None = UNSET
    bio: Bio | UnsetType | None = UNSET
    website: Website | UnsetType | None = UNSET
    email: Email | UnsetType = UNSET
    password: Annotated[
        str | None,
        Meta(description="Your current password; needed for a new `email`."),
    ] = None


class Closing(Struct, frozen=True, kw_only=True):
    """The proof that it is you."""

    password: Secret


class PasswordChange(Struct, frozen=True, kw_only=True):
    """The password of today and that of tomorrow."""

    old_password: Secret
    new_password: NewSecret


class User(Struct, frozen=True, kw_only=True):
    """An account."""

    id: UUID
    email: Email
    name: Name | None
    bio: Bio | None
    website: Website | None
    roles: Annotated[list[str], Meta(examples=[["admin"]])]
    is_active: bool
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, view: UserView) -> "User":
        return convert(view, cls, from_attributes=True)


class LoggedInUser(Struct, frozen=True, kw_only=True):
    """A user with the tokens of a new session."""

    user: User
    token: Annotated[str, Meta(description="The access token, a JWT.", examples=["eyJhbGci..."])]
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme (RFC 6750)
    expires_in: Annotated[int, Meta(examples=[900])]
    refresh_token: RefreshSecret

    @classmethod
    def of(cls, view: UserView, pair: TokenPair) -> "LoggedInUser":
        return cls(
            user=User.of(view),
            token=pair.access_token,
            expires_in=pair.expires_in,
            refresh_token=pair.refresh_token,
        )


class BrowserLogin(Struct, frozen=True, kw_only=True):
    """A user whose tokens are in cookies."""

    user: User
    expires_in: Lifetime


class CsrfToken(Struct, frozen=True, kw_only=True):
    """What a browser sends as `X-CSRF-Token` with every change."""

    csrf_token: Annotated[str, Meta(description="For this session alone, used as often as needed.")]
    expires_in: Annotated[int, Meta(description="Its life in seconds.", examples=[43200])]


class OneUser(Struct, frozen=True):
    """An account."""

    user: User


class Users(Struct, frozen=True, kw_only=True):
    """A page of accounts; `next_cursor` is null on the last one."""

    users: list[User]
    next_cursor: Cursor | None


class Export(Struct, frozen=True, kw_only=True):
    """Everything held on a user; sessions and audit entries are the newest first."""

    exported_at: Timestamp
    user: User
    sessions: list[SessionRecord]
    sessions_are_complete: Annotated[
        bool, Meta(description="Whether there are no older sessions than these.")
    ]
    audit: Annotated[list[AuditEntry], Meta(description="What was done to you, and by you.")]
    audit_is_complete: Annotated[
        bool, Meta(description="Whether there are no older audit entries than these.")
    ]

    @classmethod
    def of(cls, data: ExportedData) -> "Export":
        return convert(data, cls, from_attributes=True)
