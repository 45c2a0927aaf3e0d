"""Request and response schemas."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, convert

from application.session.session_opener import TokenPair
from application.user.export_data import ExportedData
from application.user.views import UserView
from entrypoints.http.audit_schemas import AuditEntry
from entrypoints.http.fields import (
    Bio,
    Cursor,
    Email,
    Name,
    NewSecret,
    RefreshSecret,
    Secret,
    Timestamp,
    Website,
)
from entrypoints.http.session_schemas import Lifetime, SessionRecord


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
