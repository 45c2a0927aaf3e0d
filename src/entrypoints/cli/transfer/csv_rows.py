"""CSV reader and writer of users (RFC 4180), with a header line; an empty cell is no value."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from application.errors import InvalidInput
from application.user.incoming_user import MAX_ROLES
from application.user.user_record import UserRecord
from domain.errors import FieldError, ValidationFailed
from domain.text import Bound
from domain.user.role import Role
from entrypoints.cli.arguments import WORD
from entrypoints.cli.transfer.lines import COLUMNS, HASH_COLUMN, Line, Row

MAX_RECORD: Final = 256 * 1024
"""Bytes of a record with line breaks in it: the bound of a quote that is never closed."""
MAX_COLUMNS: Final = 256

_TRUE: Final = {"true", "t", "yes", "1"}
_FALSE: Final = {"false", "f", "no", "0"}
_ROLES: Final = Bound(MAX_ROLES * (Role.BOUND.characters + 1), MAX_ROLES * 64)


def read_csv(lines: Iterator[Line]) -> Iterator[Row]:
    """Yield each record; raises InvalidInput for a header without the needed names."""
    source = _Source(lines)
    columns: list[str] | None = None
    for row in _records(source):
        if isinstance(row, Row):
            yield row
        elif columns is None:
            columns = _columns(row)
        elif row:
            yield _row(columns, row, source)


def write_csv_header(*, with_hash: bool) -> bytes:
    return _encoded((*COLUMNS, HASH_COLUMN) if with_hash else COLUMNS)


def write_csv_row(record: UserRecord, *, with_hash: bool) -> bytes:
    """Write values as they are: escaping formulas of spreadsheets would change them."""
    values = [_cell(getattr(record, column)) for column in COLUMNS]
    return _encoded([*values, record.password_hash or ""] if with_hash else values)


def read_cells(line: int, cells: Mapping[str, str]) -> UserRecord:
    """Parse a record; raises ValidationFailed with the errors of all cells."""
    values: dict[str, Any] = {"email": ""}
    errors: list[FieldError] = []
    for name in (*COLUMNS, HASH_COLUMN):
        if text := cells.get(name):
            try:
                values[name] = _PARSERS.get(name, str)(text)
            except ValidationFailed as failed:
                errors += failed.errors
    if errors:
        raise ValidationFailed(errors=tuple(errors))
    return UserRecord(line=line, **values)


class _Source(Iterator[str]):
    """Passes lines to the CSV reader, and keeps those of the current record."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._taken: list[Line] = []
        self._size = 0
        self.broken: list[Row] = []
        self.is_spoiled = False

    def begin(self) -> None:
        self._taken, self._size, self.broken, self.is_spoiled = [], 0, [], False

    @property
    def number(self) -> int:
        return self._taken[0].number if self._taken else 0

    @property
    def raw(self) -> bytes:
        return b"".join(line.raw for line in self._taken)

    def __next__(self) -> str:
        for line in self._lines:
            if line.text is not None:
                self._taken.append(line)
                self._size += len(line.raw)
                if self._size > MAX_RECORD:
                    raise csv.Error(f"a record has at most {MAX_RECORD} bytes")
                return line.text
            self.broken.append(Row.broken(line.number, line.raw, line.problem))
            self.is_spoiled = bool(self._taken)
        raise StopIteration


def _records(source: _Source) -> Iterator[list[str] | Row]:
    reader = csv.reader(source, strict=True)
    while True:
        source.begin()
        found: list[str] | Row
        try:
            found = next(reader)
        except StopIteration:
            yield from source.broken
            return
        except csv.Error as error:
            found = Row.broken(source.number, source.raw, f"This is not CSV: {error}.")
        if source.is_spoiled:
            found = Row.broken(source.number, source.raw, "A line of it cannot be read.")
        yield from source.broken
        yield found


def _columns(names: Sequence[str]) -> list[str]:
    if len(names) > MAX_COLUMNS:
        raise InvalidInput(f"The first line names more than {MAX_COLUMNS} columns.")
    columns = [name.strip().lower() for name in names]
    if "email" not in columns:
        raise InvalidInput(
            "The first line has to name the columns, `email` among them, separated by commas."
        )
    twice = sorted(name for name, times in Counter(columns).items() if times > 1)
    if twice:
        raise InvalidInput(f"The first line names a column twice: {', '.join(twice)}.")
    return columns


def _row(columns: Sequence[str], values: Sequence[str], source: _Source) -> Row:
    if len(columns) != len(values):
        message = f"There are {len(columns)} columns, and {len(values)} values here."
        return Row.broken(source.number, source.raw, message)
    try:
        record = read_cells(source.number, dict(zip(columns, values, strict=True)))
    except ValidationFailed as failed:
        return Row(line=source.number, raw=source.raw, errors=failed.errors)
    return Row(line=source.number, raw=source.raw, record=record)


def _encoded(values: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue().encode()


def _cell(value: object) -> str:
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


def _id(text: str) -> UUID:
    try:
        return UUID(text if WORD.admits(text) else "")
    except ValueError:
        raise ValidationFailed.of("id", "This is not a UUID.") from None


def _time(field: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text if WORD.admits(text) else "")
    except ValueError:
        raise ValidationFailed.of(field, "Write a time as 2026-01-31T08:00:00Z.") from None


def _roles(text: str) -> tuple[str, ...]:
    _ROLES.check(text, "roles", f"A user has at most {MAX_ROLES} roles.")
    return tuple(text.split())


def _flag(field: str, text: str) -> bool:
    word = text.strip().lower() if WORD.admits(text) else ""
    if word not in _TRUE | _FALSE:
        raise ValidationFailed.of(field, "Write true or false.")
    return word in _TRUE


_PARSERS: Final[Mapping[str, Callable[[str], object]]] = {
    "id": _id,
    "roles": _roles,
    "is_active": partial(_flag, "is_active"),
    "created_at": partial(_time, "created_at"),
    "updated_at": partial(_time, "updated_at"),
}
"""By column; other cells are text."""
