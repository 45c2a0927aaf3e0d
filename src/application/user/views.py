"""Read models of accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.user.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """An account as its owner and admins see it."""

    id: UUID
    email: str
    name: str | None
    bio: str | None
    website: str | None
    roles: tuple[str, ...]
    is_active: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, user: User) -> "UserView":
        return cls(
            id=user.id,
            email=user.email.written,
            name=user.name.value if user.name else None,
            bio=user.bio.value if user.bio else None,
            website=user.website.value if user.website else None,
            roles=tuple(sorted(role.name for role in user.roles)),
            is_active=user.is_active,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserQuery:
    """One page of accounts: those with an id below `before`, all filters satisfied.

    `email_prefix` is compared with the addresses' comparison keys and is lower-case.
    """

    limit: int
    before: UUID | None = None
    email_prefix: str | None = None
    is_active: bool | None = None
