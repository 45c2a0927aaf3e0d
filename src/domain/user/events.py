"""Events of accounts."""

from dataclasses import dataclass
from uuid import UUID

from domain.events import DomainEvent
from domain.user.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEvent(DomainEvent):
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(UserEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UserImported(UserEvent):
    """An account was imported from another system, with these roles."""

    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileUpdated(UserEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChanged(UserEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(UserEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordProofFailed(UserEvent):
    """A logged-in user sent a wrong current password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserActivated(UserEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDeactivated(UserEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClosed(UserEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(UserEvent):
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRevoked(UserEvent):
    role: Role
