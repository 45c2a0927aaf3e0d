"""CSV reader and writer of accounts (RFC 4180), with a header line."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from application.errors import InvalidInput
from application.user.user_record import UserRecord
from domain.errors import ValidationFailed
from entrypoints.cli.transfer import cells
from entrypoints.cli.transfer.lines import Line
from entrypoints.cli.transfer.row import Row

MAX_RECORD: Final = 256 * 1024
"""Bytes of a record with line breaks in it: a quote that is never closed goes no further."""
MAX_COLUMNS: Final = 256

COLUMNS: Final = (
    "id",
    "email",
    "name",
    "bio",
    "website",
    "roles",
    "is_active",
    "created_at",
    "updated_at",
)
HASH_COLUMN: Final = "password_hash"


def read_csv(lines: Iterator[Line]) -> Iterator[Row]:
    """Give each record; raises InvalidInput where the columns are not named."""
    source = _Source(lines)
    columns: list[str] | None = None
    for row in _records(source):
        if isinstance(row, Row):
            yield row
        elif columns is None:
            columns = _columns(row)
        elif row:
            yield _row(dict(zip(columns, row, strict=False)), len(columns), len(row), source)


def write_csv_header(*, with_hash: bool) -> bytes:
    return _encoded((*COLUMNS, HASH_COLUMN) if with_hash else COLUMNS)


def write_csv_row(record: UserRecord, *, with_hash: bool) -> bytes:
    """Write values as they are: what a spreadsheet would run as a formula is somebody's name."""
    values = [cells.write(getattr(record, column)) for column in COLUMNS]
    return _encoded([*values, record.password_hash or ""] if with_hash else values)


class _Source(Iterator[str]):
    """Hands lines to the reader, and knows which of them the record in hand is made of."""

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
            "The first line names no column `email`. Name the columns, separated by commas."
        )
    twice = sorted(name for name, times in Counter(columns).items() if times > 1)
    if twice:
        raise InvalidInput(f"A column has its name once: {', '.join(twice)}.")
    return columns


def _row(values: dict[str, str], wanted: int, found: int, source: _Source) -> Row:
    if wanted != found:
        message = f"There are {wanted} columns, and {found} values here."
        return Row.broken(source.number, source.raw, message)
    try:
        record = cells.read(source.number, values)
    except ValidationFailed as failed:
        return Row(line=source.number, raw=source.raw, errors=failed.errors)
    return Row(line=source.number, raw=source.raw, record=record)


def _encoded(values: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue().encode()
