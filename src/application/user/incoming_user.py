"""Builds an account from an imported record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar
from uuid import UUID

from application.ports.html_cleaner import HtmlCleaner
from application.ports.id_generator import IdGenerator
from application.ports.password_hasher import PasswordHasher
from application.user.user_record import UserRecord
from domain.errors import FieldError, ValidationFailed, read_all
from domain.text import Bound
from domain.user.bio import Bio
from domain.user.email import DomainToAscii, EmailAddress
from domain.user.name import PersonName
from domain.user.role import KnownRoles, Role
from domain.user.user import NO_PASSWORD, User
from domain.user.website import Website

T = TypeVar("T")

MAX_ROLES: Final = 100
ROLES_NOT_ALLOWED: Final = FieldError(
    "roles", "This line gives roles. Import it with --allow-roles, or remove them."
)
HASH_BOUND: Final = Bound(512, 512)
_ID_VERSION: Final = 7
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingUser:
    """Reads a record by the very rules that a registration and a change of profile go by.

    With `without_password` a record may lack a hash, with `allow_roles` it may have roles.
    """

    hasher: PasswordHasher
    html_cleaner: HtmlCleaner
    to_ascii: DomainToAscii
    ids: IdGenerator
    known_roles: KnownRoles

    def read(
        self, record: UserRecord, now: datetime, *, without_password: bool, allow_roles: bool
    ) -> User:
        """Give the account; raises ValidationFailed with everything that is wrong."""
        (email, name, bio), (website, password_hash, roles), (id_, created, updated) = read_all(
            lambda: read_all(
                lambda: EmailAddress.parse(record.email, self.to_ascii),
                lambda: _read(record.name, PersonName.parse),
                lambda: _read(record.bio, lambda text: Bio.parse(text, self.html_cleaner.clean)),
            ),
            lambda: read_all(
                lambda: _read(record.website, lambda text: Website.parse(text, self.to_ascii)),
                lambda: self._hash(record.password_hash, without_password=without_password),
                lambda: self._roles(record.roles, allowed=allow_roles),
            ),
            lambda: read_all(
                lambda: _id(record.id),
                lambda: _time("created_at", record.created_at, _EARLIEST, now),
                lambda: _time("updated_at", record.updated_at, record.created_at, now),
            ),
        )
        created = created or now
        user = User(
            id=id_ or self.ids.new_id(),
            email=email,
            name=name,
            bio=bio,
            website=website,
            password_hash=password_hash,
            roles=roles,
            is_active=record.is_active,
            created_at=created,
            updated_at=updated or created,
        )
        user.mark_imported(now)
        return user

    def _hash(self, stored: str | None, *, without_password: bool) -> str:
        if stored is None:
            if without_password:
                return NO_PASSWORD
            raise ValidationFailed.of("password_hash", "A password hash is needed.")
        HASH_BOUND.check(
            stored, "password_hash", f"A hash has at most {HASH_BOUND.characters} characters."
        )
        objection = self.hasher.objection(stored)
        if objection is not None:
            raise ValidationFailed.of("password_hash", objection)
        return stored

    def _roles(self, names: tuple[str, ...], *, allowed: bool) -> frozenset[Role]:
        if names and not allowed:
            raise ValidationFailed(errors=(ROLES_NOT_ALLOWED,))
        if len(names) > MAX_ROLES:
            raise ValidationFailed.of("roles", f"A user has at most {MAX_ROLES} roles.")
        try:
            return frozenset(self.known_roles.check(Role.parse(name)) for name in names)
        except ValidationFailed as failed:
            raise ValidationFailed.of("roles", failed.errors[0].message) from failed


def _read(text: str | None, parse: Callable[[str], T]) -> T | None:
    return None if text is None else parse(text)


def _id(id_: UUID | None) -> UUID | None:
    if id_ is not None and id_.version != _ID_VERSION:
        raise ValidationFailed.of(
            "id", "An id is a UUID of version 7; left out, a new one is made."
        )
    return id_


def _time(
    field: str, time: datetime | None, earliest: datetime | None, now: datetime
) -> datetime | None:
    if time is None:
        return None
    if time.tzinfo is None:
        raise ValidationFailed.of(
            field, "Say in which time zone a time is, as in 2026-01-31T08:00:00Z."
        )
    if not _EARLIEST <= time <= now or (earliest and earliest.tzinfo and time < earliest):
        raise ValidationFailed.of(
            field, "A time is after 1970 and not in the future; a change is after the creation."
        )
    return time.astimezone(UTC)
