"""JSON lines reader and writer of accounts."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from application.errors import InvalidInput
from application.user.user_record import UserRecord
from domain.errors import FieldError
from entrypoints.cli.transfer.lines import Line
from entrypoints.cli.transfer.row import Row

_PLACE: Final = re.compile(r" - at `\$(?:\.(?P<field>\w+))?.*`")
_MISSING: Final = re.compile(r"Object missing required field `(?P<field>\w+)`")


class _Object(msgspec.Struct):
    """What a line may hold; what else it holds is passed over."""

    email: str
    id: UUID | None = None
    name: str | None = None
    bio: str | None = None
    website: str | None = None
    password_hash: str | None = None
    roles: list[str] | None = None
    is_active: bool | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


_decode: Final = msgspec.json.Decoder(_Object).decode


def read_json_lines(lines: Iterable[Line]) -> Iterator[Row]:
    """Give each object; raises InvalidInput for what is JSON of another form."""
    is_first = True
    for line in lines:
        if line.text is None:
            yield Row.broken(line.number, line.raw, line.problem)
        elif line.text.strip():
            if is_first and line.text.lstrip().startswith("["):
                raise InvalidInput(
                    "The input is one JSON array. Give an object in each line: jq -c '.[]'."
                )
            yield _row(line)
            is_first = False


def write_json_line(record: UserRecord, *, with_hash: bool) -> bytes:
    facts: dict[str, object] = {
        "id": record.id,
        "email": record.email,
        "name": record.name,
        "bio": record.bio,
        "website": record.website,
        "roles": record.roles,
        "is_active": record.is_active,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }
    if with_hash:
        facts["password_hash"] = record.password_hash
    return msgspec.json.encode(facts) + b"\n"


def _row(line: Line) -> Row:
    try:
        found = _decode(line.raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        return Row(line=line.number, raw=line.raw, errors=(_explained(error),))
    record = UserRecord(
        line=line.number,
        email=found.email,
        id=found.id,
        name=found.name,
        bio=found.bio,
        website=found.website,
        password_hash=found.password_hash,
        roles=tuple(found.roles or ()),
        is_active=found.is_active is not False,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )
    return Row(line=line.number, raw=line.raw, record=record)


def _explained(error: Exception) -> FieldError:
    """Say what is wrong, and where; msgspec's messages name types and places, never values."""
    if not isinstance(error, msgspec.ValidationError):
        return FieldError("line", "This is not JSON.")
    said = str(error)
    if missing := _MISSING.match(said):
        return FieldError(missing["field"], "This is needed.")
    place = _PLACE.search(said)
    field = place["field"] if place else None
    return FieldError(field or "line", f"{_PLACE.sub('', said)}.")
