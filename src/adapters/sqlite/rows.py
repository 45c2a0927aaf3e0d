"""Row mapping of SQLite: ids as 16 bytes, times as microseconds since 1970, roles as JSON."""

import json
from datetime import UTC, datetime, timedelta
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

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def to_roles(text: str) -> frozenset[Role]:
    return frozenset(map(Role, json.loads(text)))


def to_mode(mode: str | None) -> SessionMode | None:
    return None if mode is None else SessionMode(mode)


def to_recovery(parent: int | None, generation: int | None) -> Recovery | None:
    return None if parent is None or generation is None else Recovery(parent, generation)


class UserRow(NamedTuple):
    """All columns of `users`."""

    id: bytes
    email: str
    email_key: str
    name: str | None
    bio: str | None
    website: str | None
    password_hash: str
    roles: str
    is_active: int
    created_at: int
    updated_at: int
    closed_at: int | None

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            id=user.id.bytes,
            email=user.email.written,
            email_key=user.email.key,
            name=None if user.name is None else user.name.value,
            bio=None if user.bio is None else user.bio.value,
            website=None if user.website is None else user.website.value,
            password_hash=user.password_hash,
            roles=json.dumps(sorted(role.name for role in user.roles)),
            is_active=int(user.is_active),
            created_at=to_micros(user.created_at),
            updated_at=to_micros(user.updated_at),
            closed_at=None if user.closed_at is None else to_micros(user.closed_at),
        )

    def user(self) -> User:
        return User(
            id=UUID(bytes=self.id),
            email=EmailAddress(self.email, self.email_key),
            name=None if self.name is None else PersonName(self.name),
            bio=None if self.bio is None else Bio(self.bio),
            website=None if self.website is None else Website(self.website),
            password_hash=self.password_hash,
            roles=to_roles(self.roles),
            is_active=bool(self.is_active),
            created_at=from_micros(self.created_at),
            updated_at=from_micros(self.updated_at),
            closed_at=None if self.closed_at is None else from_micros(self.closed_at),
        )


class UserViewRow(NamedTuple):
    """The columns of `users` that may be shown."""

    id: bytes
    email: str
    name: str | None
    bio: str | None
    website: str | None
    roles: str
    is_active: int
    created_at: int
    updated_at: int

    def view(self) -> UserView:
        return UserView(
            id=UUID(bytes=self.id),
            email=self.email,
            name=self.name,
            bio=self.bio,
            website=self.website,
            roles=tuple(json.loads(self.roles)),
            is_active=bool(self.is_active),
            created_at=from_micros(self.created_at),
            updated_at=from_micros(self.updated_at),
        )


class SessionRow(NamedTuple):
    """All columns of `sessions`."""

    id: bytes
    user_id: bytes
    created_at: int
    last_used_at: int
    expires_at: int
    ended_at: int | None
    end_reason: str | None
    generation: int
    siblings: int
    client_address: str | None
    user_agent: str | None
    began_at: int | None
    recovery_parent: int | None
    recovery_generation: int | None
    mode: str | None
    network: str | None

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            id=session.id.bytes,
            user_id=session.user_id.bytes,
            created_at=to_micros(session.created_at),
            last_used_at=to_micros(session.last_used_at),
            expires_at=to_micros(session.expires_at),
            ended_at=None if session.ended_at is None else to_micros(session.ended_at),
            end_reason=session.end_reason,
            generation=session.generation,
            siblings=session.siblings,
            client_address=session.client_address,
            user_agent=session.user_agent,
            began_at=to_micros(session.began_at),
            recovery_parent=None if session.recovery is None else session.recovery.parent,
            recovery_generation=(None if session.recovery is None else session.recovery.generation),
            mode=session.mode,
            network=session.network,
        )

    def session(self) -> Session:
        return Session(
            id=UUID(bytes=self.id),
            user_id=UUID(bytes=self.user_id),
            created_at=from_micros(self.created_at),
            last_used_at=from_micros(self.last_used_at),
            expires_at=from_micros(self.expires_at),
            ended_at=None if self.ended_at is None else from_micros(self.ended_at),
            end_reason=None if self.end_reason is None else EndReason(self.end_reason),
            generation=self.generation,
            siblings=self.siblings,
            client_address=self.client_address,
            user_agent=self.user_agent,
            # A release that has no such column yet may have written the row.
            began_at=from_micros(self.last_used_at if self.began_at is None else self.began_at),
            recovery=to_recovery(self.recovery_parent, self.recovery_generation),
            mode=to_mode(self.mode),
            network=self.network,
        )


class TokenRow(NamedTuple):
    """All columns of `refresh_tokens`."""

    digest: bytes
    session_id: bytes
    generation: int
    issued_at: int
    expires_at: int

    @classmethod
    def of(cls, token: RefreshToken) -> Self:
        return cls(
            digest=token.digest,
            session_id=token.session_id.bytes,
            generation=token.generation,
            issued_at=to_micros(token.issued_at),
            expires_at=to_micros(token.expires_at),
        )

    def token(self) -> RefreshToken:
        return RefreshToken(
            digest=self.digest,
            session_id=UUID(bytes=self.session_id),
            generation=self.generation,
            issued_at=from_micros(self.issued_at),
            expires_at=from_micros(self.expires_at),
        )
