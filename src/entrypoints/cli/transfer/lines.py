"""Bounded line reader for untrusted files, and the rows that are parsed from them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import BinaryIO, Final

from application.errors import InvalidInput
from application.user.user_record import UserRecord
from domain.errors import FieldError

HASH_COLUMN: Final = "password_hash"
COLUMNS: Final = tuple(
    each.name for each in fields(UserRecord) if each.name not in {"line", HASH_COLUMN}
)
"""The fields of a user in a file."""

MAX_LINE: Final = 64 * 1024
"""Bytes; an account with every field at its bound has a tenth of that."""

MAX_SKIPPED: Final = 16 * 1024 * 1024
"""Bytes of a line that is too long; past them the input is taken for endless, as a device."""

_UTF8_BOM: Final = b"\xef\xbb\xbf"
_OTHER_FORMATS: Final = {
    b"\xff\xfe": "The input is UTF-16. Convert it: iconv -f UTF-16 -t UTF-8.",
    b"\xfe\xff": "The input is UTF-16. Convert it: iconv -f UTF-16 -t UTF-8.",
    b"\x1f\x8b": "The input is compressed: gunzip it first.",
    b"PK": "The input is a ZIP archive, or a spreadsheet: export it as CSV.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end; `text` is None if there is a `problem`."""

    number: int
    raw: bytes = field(repr=False)
    text: str | None = field(default=None, repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A parsed record; `record` is None if there are `errors`, `raw` is its text in the file."""

    line: int
    raw: bytes = field(repr=False)
    record: UserRecord | None = None
    errors: tuple[FieldError, ...] = ()

    @classmethod
    def broken(cls, line: int, raw: bytes, message: str) -> "Row":
        return cls(line=line, raw=raw, errors=(FieldError("line", message),))


def lines(stream: BinaryIO) -> Iterator[Line]:
    """Yield the lines, at most MAX_LINE bytes of each; raises InvalidInput."""
    number = 0
    while raw := _read(stream, MAX_LINE + 1):
        number += 1
        if number == 1:
            raw = _without_bom(raw)
        if len(raw) > MAX_LINE:
            _skip(stream, raw, number)
            yield Line(number, b"", problem=f"A line has at most {MAX_LINE} bytes.")
        else:
            yield _decoded(number, raw)


def _skip(stream: BinaryIO, raw: bytes, number: int) -> None:
    skipped = 0
    while raw and not raw.endswith(b"\n"):
        raw = _read(stream, MAX_LINE)
        skipped += len(raw)
        if skipped > MAX_SKIPPED:
            raise InvalidInput(
                f"Line {number} has more than {MAX_SKIPPED // 2**20} MiB and no end:"
                " this is no file of users."
            )


def _without_bom(raw: bytes) -> bytes:
    for magic, advice in _OTHER_FORMATS.items():
        if raw.startswith(magic):
            raise InvalidInput(advice)
    return raw.removeprefix(_UTF8_BOM)


def _decoded(number: int, raw: bytes) -> Line:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Line(number, raw, problem="This is not valid UTF-8.")
    if "\0" in text:
        return Line(number, raw, problem="There is a NUL in it.")
    return Line(number, raw, text)


def _read(stream: BinaryIO, at_most: int) -> bytes:
    try:
        return stream.readline(at_most)
    except OSError as error:
        raise InvalidInput(f"The input cannot be read: {error.strerror}.") from error
