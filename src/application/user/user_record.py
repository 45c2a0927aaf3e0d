"""Account record for import and export."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from application.user.views import UserView
from domain.user.user import NO_PASSWORD, User


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """One account in a file; its columns are these fields, in this order.

    `line` is where it begins, the first is 1. A `password_hash` of None is an unknown one.
    """

    line: int
    id: UUID | None = None
    email: str
    name: str | None = None
    bio: str | None = None
    website: str | None = None
    roles: tuple[str, ...] = ()
    is_active: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None
    password_hash: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, user: User, line: int, *, with_hash: bool) -> "UserRecord":
        # nosemgrep: secret-compared - both are stored, and neither is a caller's guess
        has_hash = with_hash and user.password_hash != NO_PASSWORD
        view = UserView.of(user)
        return cls(
            line=line,
            password_hash=user.password_hash if has_hash else None,
            **{each.name: getattr(view, each.name) for each in fields(view)},
        )
