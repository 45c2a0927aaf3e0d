"""What the cells of a table mean; an empty one means that there is nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from application.user.user_record import UserRecord
from application.validation import read_all
from domain.errors import ValidationFailed

_YES: Final = {"true", "t", "yes", "1"}
_NO: Final = {"false", "f", "no", "0"}


def read(line: int, cells: Mapping[str, str]) -> UserRecord:
    """Read a record; raises ValidationFailed with everything that is wrong."""
    id_, (created_at, updated_at), is_active = read_all(
        lambda: _id(cells.get("id")),
        lambda: (
            _time("created_at", cells.get("created_at")),
            _time("updated_at", cells.get("updated_at")),
        ),
        lambda: _flag("is_active", cells.get("is_active")),
    )
    return UserRecord(
        line=line,
        email=cells["email"],
        id=id_,
        name=cells.get("name") or None,
        bio=cells.get("bio") or None,
        website=cells.get("website") or None,
        password_hash=cells.get("password_hash") or None,
        roles=tuple((cells.get("roles") or "").split()),
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
        return UUID(text) if text else None
    except ValueError:
        raise ValidationFailed.of("id", "This is not a UUID.") from None


def _time(field: str, text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise ValidationFailed.of(field, "Write a time as 2026-01-31T08:00:00Z.") from None


def _flag(field: str, text: str | None) -> bool:
    word = (text or "true").strip().lower()
    if word not in _YES | _NO:
        raise ValidationFailed.of(field, "Write true or false.")
    return word in _YES
