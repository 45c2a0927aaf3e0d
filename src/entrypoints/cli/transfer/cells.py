"""Parser of CSV cells; an empty cell is an absent value."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from application.user.incoming_user import MAX_ROLES
from application.user.user_record import UserRecord
from application.validation import read_all
from domain.errors import ValidationFailed
from domain.text import Bound
from domain.user.role import Role
from entrypoints.cli.arguments import WORD

_YES: Final = {"true", "t", "yes", "1"}
_NO: Final = {"false", "f", "no", "0"}
_ROLES: Final = Bound(MAX_ROLES * (Role.BOUND.characters + 1), MAX_ROLES * 64)


def read(line: int, cells: Mapping[str, str]) -> UserRecord:
    """Read a record; raises ValidationFailed with everything that is wrong."""
    id_, (created_at, updated_at), (is_active, roles) = read_all(
        lambda: _id(cells.get("id")),
        lambda: (
            _time("created_at", cells.get("created_at")),
            _time("updated_at", cells.get("updated_at")),
        ),
        lambda: (_flag("is_active", cells.get("is_active")), _roles(cells.get("roles"))),
    )
    return UserRecord(
        line=line,
        email=cells["email"],
        id=id_,
        name=cells.get("name") or None,
        bio=cells.get("bio") or None,
        website=cells.get("website") or None,
        password_hash=cells.get("password_hash") or None,
        roles=roles,
        is_active=is_active,
        created_at=created_at,
        updated_at=updated_at,
    )


def write(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case tuple():
            return " ".join(map(str, value))
        case _:
            return str(value)


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text if WORD.admits(text) else "") if text else None
    except ValueError:
        raise ValidationFailed.of("id", "This is not a UUID.") from None


def _time(field: str, text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text if WORD.admits(text) else "") if text else None
    except ValueError:
        raise ValidationFailed.of(field, "Write a time as 2026-01-31T08:00:00Z.") from None


def _roles(text: str | None) -> tuple[str, ...]:
    _ROLES.check(text or "", "roles", f"A user has at most {MAX_ROLES} roles.")
    return tuple((text or "").split())


def _flag(field: str, text: str | None) -> bool:
    text = text or "true"
    word = text.strip().lower() if WORD.admits(text) else ""
    if word not in _YES | _NO:
        raise ValidationFailed.of(field, "Write true or false.")
    return word in _YES
