"""Bounded line reader for untrusted files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from application.errors import InvalidInput

MAX_LINE: Final = 64 * 1024
"""Bytes; an account with everything has a tenth of that."""

MAX_PASSED_OVER: Final = 16 * 1024 * 1024
"""Bytes of a line that is too long: one with more has no end, as that of a device."""

_UTF8_BOM: Final = b"\xef\xbb\xbf"
_FOREIGN: Final = {
    b"\xff\xfe": "The input is UTF-16. Convert it: iconv -f UTF-16 -t UTF-8.",
    b"\xfe\xff": "The input is UTF-16. Convert it: iconv -f UTF-16 -t UTF-8.",
    b"\x1f\x8b": "The input is compressed: gunzip it first.",
    b"PK": "The input is a ZIP archive, or a spreadsheet: export it as CSV.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end; `text` is None where `problem` says why."""

    number: int
    raw: bytes = field(repr=False)
    text: str | None = field(default=None, repr=False)
    problem: str = ""


def lines(stream: BinaryIO) -> Iterator[Line]:
    """Give the lines in turn, no more than MAX_LINE bytes of any; raises InvalidInput."""
    number = 0
    while raw := _read(stream, MAX_LINE + 1):
        number += 1
        if number == 1:
            raw = _begun(raw)
        if len(raw) > MAX_LINE:
            _pass_over(stream, raw, number)
            yield Line(number, b"", problem=f"A line has at most {MAX_LINE} bytes.")
        else:
            yield _decoded(number, raw)


def _pass_over(stream: BinaryIO, raw: bytes, number: int) -> None:
    passed = 0
    while raw and not raw.endswith(b"\n"):
        raw = _read(stream, MAX_LINE)
        passed += len(raw)
        if passed > MAX_PASSED_OVER:
            raise InvalidInput(
                f"Line {number} has more than {MAX_PASSED_OVER // 2**20} MiB and no end:"
                " this is no file of users."
            )


def _begun(raw: bytes) -> bytes:
    for magic, advice in _FOREIGN.items():
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
