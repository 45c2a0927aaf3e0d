"""JSON lines reader and writer of users."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, get_type_hints

import msgspec

from application.errors import InvalidInput
from application.user.user_record import UserRecord
from domain.errors import FieldError
from entrypoints.cli.transfer.lines import COLUMNS, HASH_COLUMN, Line, Row

_PLACE: Final = re.compile(r" - at `\$(?:\.(?P<field>\w+))?.*`")
_MISSING: Final = re.compile(r"Object missing required field `(?P<field>\w+)`")

_NEEDED: Final = "email"
_TYPES: Final = get_type_hints(UserRecord)
_OPTIONAL: Final = [name for name in (*COLUMNS, HASH_COLUMN) if name != _NEEDED]
_Object: Final = msgspec.defstruct(
    "_Object", [(_NEEDED, str), *((name, _TYPES[name] | None, None) for name in _OPTIONAL)]
)
"""What a line may have, each field but one optional and nullable; others are ignored."""
_decode: Final = msgspec.json.Decoder(_Object).decode


def read_json_lines(lines: Iterable[Line]) -> Iterator[Row]:
    """Yield each object; raises InvalidInput for a JSON array."""
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
    columns = (*COLUMNS, HASH_COLUMN) if with_hash else COLUMNS
    return msgspec.json.encode({name: getattr(record, name) for name in columns}) + b"\n"


def _row(line: Line) -> Row:
    try:
        found = msgspec.structs.asdict(_decode(line.raw))
    except (msgspec.MsgspecError, RecursionError) as error:
        return Row(line=line.number, raw=line.raw, errors=(_field_error(error),))
    given = {name: value for name, value in found.items() if value is not None}
    return Row(line=line.number, raw=line.raw, record=UserRecord(line=line.number, **given))


def _field_error(error: Exception) -> FieldError:
    """Return what is wrong, and where; msgspec's messages name types and places, never values."""
    if not isinstance(error, msgspec.ValidationError):
        return FieldError("line", "This is not JSON.")
    message = str(error)
    if missing := _MISSING.match(message):
        return FieldError(missing["field"], "This is needed.")
    place = _PLACE.search(message)
    field = place["field"] if place else None
    return FieldError(field or "line", f"{_PLACE.sub('', message)}.")
