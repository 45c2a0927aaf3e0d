import io

import pytest

from application.errors import InvalidInput
from entrypoints.cli.transfer.lines import MAX_LINE, MAX_SKIPPED, lines


class Broken(io.BytesIO):
    def readline(self, *_: object) -> bytes:
        raise OSError(5, "Input/output error")


def test_lines_are_numbered_from_one_with_and_without_an_end() -> None:
    found = [*lines(io.BytesIO(b"\xef\xbb\xbfone\r\ntwo"))]

    assert [(line.number, line.text) for line in found] == [(1, "one\r\n"), (2, "two")]


def test_what_cannot_be_text_is_a_problem_of_its_line_alone() -> None:
    found = [*lines(io.BytesIO(b"a\xff\nb\0\nc\n"))]

    assert [line.problem for line in found] == [
        "This is not valid UTF-8.",
        "There is a NUL in it.",
        "",
    ]


@pytest.mark.parametrize("more", [1, MAX_LINE, 5 * MAX_LINE + 7])
def test_a_line_that_is_too_long_is_passed_over_without_being_held(more: int) -> None:
    found = [*lines(io.BytesIO(b"x" * (MAX_LINE + more) + b"\nnext\n"))]

    assert [(line.number, len(line.raw), line.text) for line in found] == [
        (1, 0, None),
        (2, 5, "next\n"),
    ]


class Endless(io.BytesIO):
    """As a device that has no end."""

    taken = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.taken += size or 0
        return b"x" * (size or 0)


def test_a_line_without_an_end_ends_the_reading_and_is_named() -> None:
    stream = Endless()

    with pytest.raises(InvalidInput, match=r"^Line 1 has more than 16 MiB and no end"):
        [*lines(stream)]
    assert stream.taken < MAX_SKIPPED + 3 * MAX_LINE


def test_the_longest_line_is_taken() -> None:
    (line,) = lines(io.BytesIO(b"x" * (MAX_LINE - 1) + b"\n"))

    assert line.text is not None


def test_input_that_breaks_off_is_malformed() -> None:
    with pytest.raises(InvalidInput, match="Input/output error"):
        [*lines(Broken())]
