"""Accounts and sessions for tests: valid, all different, and only what matters is said."""

import hashlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from application.audit.entry import AuditEntry
from domain.session.refresh_token import RefreshSecret, RefreshToken
from domain.session.session import Lifetimes, Session
from domain.user.email import EmailAddress
from domain.user.name import PersonName
from domain.user.role import Role
from domain.user.user import User

NOW = datetime(2026, 3, 29, 1, 30, 0, 123457, tzinfo=UTC)
"""To the microsecond, and in an hour that Europe's local time has not."""

LIFETIMES = Lifetimes(
    ttl=timedelta(days=30), grace=timedelta(seconds=10), longest=timedelta(days=90)
)

_numbers = count(1)


def an_id() -> UUID:
    """A UUIDv7 above all those given before."""
    return UUID(int=(0x019B_0000_0000_7000_8000 << 48) + next(_numbers))


def an_email(written: str | None = None) -> EmailAddress:
    written = written or f"Person{next(_numbers)}@Example.com"
    return EmailAddress(written, written.lower())


def a_user(
    *,
    email: str | None = None,
    name: str | None = "Ada",
    roles: tuple[str, ...] = (),
    is_active: bool = True,
    id: UUID | None = None,
) -> User:
    """An account as storage would give it: without events."""
    return User(
        id=id or an_id(),
        email=an_email(email),
        name=None if name is None else PersonName(name),
        password_hash="$argon2id$made-up",
        roles=frozenset(map(Role, roles)),
        is_active=is_active,
        created_at=NOW,
        updated_at=NOW,
    )


def an_admin(email: str | None = None) -> User:
    return a_user(email=email, roles=("admin",))


def a_secret() -> RefreshSecret:
    return RefreshSecret(secrets.token_urlsafe(32))


def a_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def a_session(
    user: User, *, opened: datetime = NOW, ttl: timedelta = LIFETIMES.ttl
) -> tuple[Session, RefreshToken]:
    """A session with its first token, opened by an unremarkable client."""
    return Session.open(
        id=an_id(),
        user_id=user.id,
        secret=a_secret(),
        now=opened,
        lifetimes=replace(LIFETIMES, ttl=ttl),
        client_address="192.0.2.7",
        user_agent="curl/8.5",
        network="192.0.2.0/24",
    )


def a_token(session: Session, *, generation: int, issued_at: datetime = NOW) -> RefreshToken:
    return RefreshToken(
        digest=a_secret().digest,
        session_id=session.id,
        generation=generation,
        issued_at=issued_at,
        expires_at=issued_at + LIFETIMES.ttl,
    )


def closed(user: User) -> User:
    """The tombstone of an account."""
    tombstone = replace(user)
    tombstone.close(NOW, an_id())
    tombstone.pull_events()
    return tombstone


def an_entry(
    user_id: UUID | None = None,
    *,
    at: datetime = NOW,
    type: str = "role.granted",
    by: UUID | str | None = None,
) -> AuditEntry:
    """An entry, by a user with this id, by the operator of this name, or by nobody known."""
    return AuditEntry(
        id=an_id(),
        occurred_at=at,
        type=type,
        actor_id=by if isinstance(by, UUID) else None,
        operator=by if isinstance(by, str) else None,
        user_id=user_id,
        client_address="192.0.2.7",
        user_agent="curl/8.5 🌻",
        request_id="a-request",
        details={"role": "editor", "sessions": 2},
    )
