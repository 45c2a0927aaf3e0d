"""Row mapping of PostgreSQL."""

from datetime import UTC, datetime
from typing import NamedTuple, Self
from uuid import UUID

from application.user.views import UserView
from domain.session.events import EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Recovery, Session, SessionMode
from domain.user.bio import Bio
from domain.user.email import EmailAddress
from domain.user.name import PersonName
from domain.user.role import Role
from domain.user.user import User
from domain.user.website import Website

LAST_ID = UUID(int=2**128 - 1)
"""Above every id."""


def utc(time: datetime) -> datetime:
    """Give a time as UTC: psycopg gives it in the time zone of the server's session."""
    return time.astimezone(UTC)


def to_mode(mode: str | None) -> SessionMode | None:
    return None if mode is None else SessionMode(mode)


def to_recovery(parent: int | None, generation: int | None) -> Recovery | None:
    return None if parent is None or generation is None else Recovery(parent, generation)


class UserRow(NamedTuple):
    """All columns of `users`."""

    id: UUID
    email: str
    email_key: str
    name: str | None
    bio: str | None
    website: str | None
    password_hash: str
    roles: list[str]
    is_active: bool
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            id=user.id,
            email=user.email.written,
            email_key=user.email.key,
            name=None if user.name is None else user.name.value,
            bio=None if user.bio is None else user.bio.value,
            website=None if user.website is None else user.website.value,
            password_hash=user.password_hash,
            roles=sorted(role.name for role in user.roles),
            is_active=user.is_active,
            created_at=user.created_at,
            updated_at=user.updated_at,
            closed_at=user.closed_at,
        )

    def user(self) -> User:
        return User(
            id=self.id,
            email=EmailAddress(self.email, self.email_key),
            name=None if self.name is None else PersonName(self.name),
            bio=None if self.bio is None else Bio(self.bio),
            website=None if self.website is None else Website(self.website),
            password_hash=self.password_hash,
            roles=frozenset(map(Role, self.roles)),
            is_active=self.is_active,
            created_at=utc(self.created_at),
            updated_at=utc(self.updated_at),
            closed_at=None if self.closed_at is None else utc(self.closed_at),
        )


class UserViewRow(NamedTuple):
    """The columns of `users` that may be shown."""

    id: UUID
    email: str
    name: str | None
    bio: str | None
    website: str | None
    roles: list[str]
    is_active: bool
    created_at: datetime
    updated_at: datetime

    def view(self) -> UserView:
        return UserView(
            id=self.id,
            email=self.email,
            name=self.name,
            bio=self.bio,
            website=self.website,
            roles=tuple(self.roles),
            is_active=self.is_active,
            created_at=utc(self.created_at),
            updated_at=utc(self.updated_at),
        )


class SessionRow(NamedTuple):
    """All columns of `sessions`."""

    id: UUID
    user_id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    generation: int
    siblings: int
    client_address: str | None
    user_agent: str | None
    began_at: datetime | None
    recovery_parent: int | None
    recovery_generation: int | None
    mode: str | None
    network: str | None

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            id=session.id,
            user_id=session.user_id,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            ended_at=session.ended_at,
            end_reason=session.end_reason,
            generation=session.generation,
            siblings=session.siblings,
            client_address=session.client_address,
            user_agent=session.user_agent,
            began_at=session.began_at,
            recovery_parent=None if session.recovery is None else session.recovery.parent,
            recovery_generation=(None if session.recovery is None else session.recovery.generation),
            mode=session.mode,
            network=session.network,
        )

    def session(self) -> Session:
        return Session(
            id=self.id,
            user_id=self.user_id,
            created_at=utc(self.created_at),
            last_used_at=utc(self.last_used_at),
            expires_at=utc(self.expires_at),
            ended_at=None if self.ended_at is None else utc(self.ended_at),
            end_reason=None if self.end_reason is None else EndReason(self.end_reason),
            generation=self.generation,
            siblings=self.siblings,
            client_address=self.client_address,
            user_agent=self.user_agent,
            # A release that has no such column yet may have written the row.
            began_at=utc(self.last_used_at if self.began_at is None else self.began_at),
            recovery=to_recovery(self.recovery_parent, self.recovery_generation),
            mode=to_mode(self.mode),
            network=self.network,
        )


class TokenRow(NamedTuple):
    """All columns of `refresh_tokens`."""

    digest: bytes
    session_id: UUID
    generation: int
    issued_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, token: RefreshToken) -> Self:
        return cls(
            digest=token.digest,
            session_id=token.session_id,
            generation=token.generation,
            issued_at=token.issued_at,
            expires_at=token.expires_at,
        )

    def token(self) -> RefreshToken:
        return RefreshToken(
            digest=self.digest,
            session_id=self.session_id,
            generation=self.generation,
            issued_at=utc(self.issued_at),
            expires_at=utc(self.expires_at),
        )
