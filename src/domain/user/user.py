"""User aggregate: the account, its profile, roles and state."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from domain.events import Aggregate
from domain.session.events import EndedSessions, EndReason, SessionsEnded
from domain.user import events
from domain.user.bio import Bio
from domain.user.email import EmailAddress
from domain.user.name import PersonName
from domain.user.role import ADMIN, Role
from domain.user.website import Website

NO_PASSWORD = "!"  # noqa: S105 - as in /etc/shadow: what no password has as its hash
"""The hash of an account that nobody can log in to until an operator sets a password."""


@dataclass(slots=True, eq=False, kw_only=True)
class User(Aggregate):
    """An account. Its constructor rebuilds it from storage; `register` creates a new one.

    `password_hash` is what the live hasher made (for Argon2, a PHC string), what it can read of
    another system's, or NO_PASSWORD. A closed account keeps nothing of its owner and is only a
    tombstone for what refers to it.
    """

    id: UUID
    email: EmailAddress
    password_hash: str = field(repr=False)
    created_at: datetime
    updated_at: datetime
    name: PersonName | None = None
    bio: Bio | None = None
    website: Website | None = None
    roles: frozenset[Role] = frozenset()
    is_active: bool = True
    closed_at: datetime | None = None

    @classmethod
    def register(
        cls,
        *,
        id: UUID,
        email: EmailAddress,
        name: PersonName | None,
        password_hash: str,
        now: datetime,
    ) -> "User":
        user = cls(
            id=id,
            email=email,
            name=name,
            password_hash=password_hash,
            created_at=now,
            updated_at=now,
        )
        user.record(events.UserRegistered(user_id=id, occurred_at=now))
        return user

    def mark_imported(self, now: datetime) -> None:
        """Record that this account was imported from another system."""
        self.record(events.UserImported(user_id=self.id, occurred_at=now, roles=self.roles))

    @property
    def is_active_admin(self) -> bool:
        return self.is_active and ADMIN in self.roles

    def rename(self, name: PersonName | None, now: datetime) -> None:
        if name == self.name:
            return
        self.name = name
        self._changed(events.ProfileUpdated(user_id=self.id, occurred_at=now))

    def describe(self, bio: Bio | None, now: datetime) -> None:
        if bio == self.bio:
            return
        self.bio = bio
        self._changed(events.ProfileUpdated(user_id=self.id, occurred_at=now))

    def link(self, website: Website | None, now: datetime) -> None:
        if website == self.website:
            return
        self.website = website
        self._changed(events.ProfileUpdated(user_id=self.id, occurred_at=now))

    def change_email(self, email: EmailAddress, now: datetime) -> None:
        if email == self.email:
            return
        self.email = email
        self._changed(events.EmailChanged(user_id=self.id, occurred_at=now))

    def change_password(self, password_hash: str, now: datetime) -> None:
        self.password_hash = password_hash
        self._changed(events.PasswordChanged(user_id=self.id, occurred_at=now))

    def upgrade_hash(self, password_hash: str) -> None:
        """Replace the hash by one of the same password with newer parameters; no event."""
        self.password_hash = password_hash

    def activate(self, now: datetime) -> None:
        if not self.is_active:
            self.is_active = True
            self._changed(events.UserActivated(user_id=self.id, occurred_at=now))

    def deactivate(self, now: datetime) -> None:
        if self.is_active:
            self.is_active = False
            self._changed(events.UserDeactivated(user_id=self.id, occurred_at=now))

    def grant(self, role: Role, now: datetime) -> None:
        if role not in self.roles:
            self.roles |= {role}
            self._changed(events.RoleGranted(user_id=self.id, occurred_at=now, role=role))

    def revoke(self, role: Role, now: datetime) -> None:
        if role in self.roles:
            self.roles -= {role}
            self._changed(events.RoleRevoked(user_id=self.id, occurred_at=now, role=role))

    def close(self, now: datetime, pseudonym: UUID) -> None:
        """Erase personal data and free the address; `pseudonym` is a new id.

        It keeps the addresses of closed accounts apart, whatever storage demands of them, and
        tells nothing of the owner.
        """
        address = f"{pseudonym}@closed.invalid"
        self.email = EmailAddress(address, address)
        self.name = self.bio = self.website = None
        self.password_hash = ""
        self.roles = frozenset()
        self.is_active = False
        self.closed_at = now
        self._changed(events.AccountClosed(user_id=self.id, occurred_at=now))

    def sessions_ended(self, ended: EndedSessions, reason: EndReason, now: datetime) -> None:
        """Record that these sessions of the user ended together."""
        if ended:
            self.record(
                SessionsEnded(
                    user_id=self.id,
                    occurred_at=now,
                    session_ids=ended.ids,
                    count=ended.count,
                    reason=reason,
                    together=True,
                )
            )

    def copy(self) -> "User":
        """Return an equal account without events, as a storage adapter would rebuild it."""
        return replace(self)

    def _changed(self, event: events.UserEvent) -> None:
        self.updated_at = event.occurred_at
        self.record(event)
