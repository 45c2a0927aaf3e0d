"""Account record for import and export."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.user.user import NO_PASSWORD, User


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """One account in a file, as it was written there; `line` is where it begins, the first is 1.

    A `password_hash` of None is none that is known, in either direction.
    """

    line: int
    email: str
    id: UUID | None = None
    name: str | None = None
    bio: str | None = None
    website: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    roles: tuple[str, ...] = ()
    is_active: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @classmethod
    def of(cls, user: User, line: int, *, with_hash: bool) -> "UserRecord":
        # nosemgrep: secret-compared - both are stored, and neither is a caller's guess
        has_hash = with_hash and user.password_hash != NO_PASSWORD
        return cls(
            line=line,
            email=user.email.written,
            id=user.id,
            name=user.name.value if user.name else None,
            bio=user.bio.value if user.bio else None,
            website=user.website.value if user.website else None,
            password_hash=user.password_hash if has_hash else None,
            roles=tuple(sorted(role.name for role in user.roles)),
            is_active=user.is_active,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )
