"""JSON lines and CSV: each gives back what it wrote, and neither is brought down by a line."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.errors import InvalidInput
from application.user.incoming_user import IncomingUser
from application.user.user_record import UserRecord
from domain.errors import ValidationFailed
from domain.user.role import KnownRoles
from entrypoints.cli.transfer.csv_rows import (
    MAX_RECORD,
    read_csv,
    write_csv_header,
    write_csv_row,
)
from entrypoints.cli.transfer.json_lines import read_json_lines, write_json_line
from entrypoints.cli.transfer.lines import Row, lines
from tests.builders import an_id

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=50)
RECORDS = st.builds(
    UserRecord,
    line=st.just(1),
    email=TEXT.map(lambda text: f"{text}@example.com"),
    id=st.builds(an_id),
    name=st.none() | TEXT,
    bio=st.none() | st.text(st.sampled_from("ab\"\n\t,;=+@' "), min_size=1),
    website=st.none() | TEXT,
    password_hash=st.none() | TEXT,
    roles=st.lists(st.from_regex(r"\A[a-z][a-z0-9_-]{0,31}\Z")).map(tuple),
    is_active=st.booleans(),
    created_at=st.datetimes(timezones=st.just(UTC)),
    updated_at=st.datetimes(timezones=st.just(UTC)),
)


def from_csv(data: bytes) -> list[Row]:
    return [*read_csv(iter(lines(io.BytesIO(data))))]


def from_json(data: bytes) -> list[Row]:
    return [*read_json_lines(lines(io.BytesIO(data)))]


@given(RECORDS)
def test_a_line_of_json_is_read_as_it_was_written(record: UserRecord) -> None:
    (row,) = from_json(write_json_line(record, with_hash=True))

    assert row.record == record


@given(RECORDS)
def test_a_record_of_csv_is_read_as_it_was_written(record: UserRecord) -> None:
    data = write_csv_header(with_hash=True) + write_csv_row(record, with_hash=True)

    (row,) = from_csv(data)

    assert row.record is not None
    assert {**_facts(row.record), "line": 1} == _facts(record)
    assert row.line == 2


@given(st.binary())
@pytest.mark.parametrize("read", [from_csv, from_json])
def test_whatever_it_holds_a_file_gives_rows_or_is_malformed(
    read: Callable[[bytes], list[Row]], data: bytes
) -> None:
    for prefix in (b"", b"email\n"):
        try:
            rows = read(prefix + data)
        except InvalidInput:
            continue
        assert all((row.record is None) == bool(row.errors) for row in rows)


def test_hashes_are_written_only_when_they_are_asked_for() -> None:
    record = UserRecord(line=1, email="a@b.c", password_hash="secret")

    assert b"secret" not in write_json_line(record, with_hash=False)
    assert b"secret" not in write_csv_row(record, with_hash=False)
    assert b"password_hash" not in write_csv_header(with_hash=False)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("{", "line"),
        ("[]", "line"),
        ("null", "line"),
        ("[" * 20_000, "line"),
        ('{"email": "a@b.c", "x": ' + "[" * 20_000, "line"),
        ("{}", "email"),
        ('{"email": 1}', "email"),
        ('{"email": "a@b.c", "id": "x"}', "id"),
        ('{"email": "a@b.c", "roles": "admin"}', "roles"),
        ('{"email": "a@b.c", "roles": [1]}', "roles"),
        ('{"email": "a@b.c", "is_active": "yes"}', "is_active"),
        ('{"email": "a@b.c", "created_at": "soon"}', "created_at"),
        ('{"email": "\\ud800@b.c"}', "line"),
    ],
)
def test_what_is_wrong_with_a_line_of_json_is_told_by_field(line: str, field: str) -> None:
    good = '{"email": "a@b.c", "other": {"x": [1]}, "is_active": null, "roles": null}'
    first, second = from_json(f"{good}\n{line}\n".encode())

    assert first.record == UserRecord(line=1, email="a@b.c")
    assert (second.line, [each.field for each in second.errors]) == (2, [field])


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ("x,", "line"),
        ('"x"y,,,,', "line"),
        ("x,not-an-id,,,", "id"),
        ("x,,maybe,,", "is_active"),
        ("x,,,yesterday,", "created_at"),
        ("x,,,,1 May", "updated_at"),
    ],
)
def test_what_is_wrong_with_a_record_of_csv_is_told_by_field(cells: str, field: str) -> None:
    head = " EMAIL ,id,is_active,created_at,updated_at"
    first, second = from_csv(f"{head}\n{cells}\ngood,,0,2020-01-02 03:04:05+02,\n".encode())

    assert (first.line, [each.field for each in first.errors]) == (2, [field])
    zone = timezone(timedelta(hours=2))
    assert second.record == UserRecord(
        line=3,
        email="good",
        is_active=False,
        created_at=datetime(2020, 1, 2, 3, 4, 5, tzinfo=zone),
    )


def test_records_over_several_lines_are_told_by_their_first() -> None:
    rows = from_csv(b'email,name\n\na@b.c,"x\n\ny"\nb@b.c,"q\n\xff\n"\nc@b.c,\n')

    assert [(row.line, row.record and row.record.name) for row in rows] == [
        (3, "x\n\ny"),
        (7, None),
        (6, None),
        (9, None),
    ]
    assert [bool(row.errors) for row in rows] == [False, True, True, False]


def test_a_quote_that_is_never_closed_is_an_error_of_bounded_length() -> None:
    body = "".join(f"user{number}@example.com,name\n" for number in range(40_000))
    rows = from_csv(f'email,name\n"oops,name\n{body}'.encode())

    assert rows[0].record is None
    assert len(rows[0].raw) <= MAX_RECORD + 100
    assert sum(row.record is not None for row in rows) > 20_000


@pytest.mark.parametrize("head", ["mail,name", "email;name", "email,name,Email"])
def test_a_table_without_names_of_its_columns_is_malformed(head: str) -> None:
    with pytest.raises(InvalidInput):
        from_csv(f"{head}\na@b.c,x\n".encode())


def test_an_empty_file_is_nobody() -> None:
    assert from_csv(b"") == from_json(b"") == from_json(b"\n\n") == from_csv(b"email\n") == []


def _facts(record: UserRecord) -> dict[str, object]:
    return dict(_pairs(record))


def _pairs(record: UserRecord) -> Iterator[tuple[str, object]]:
    for name in UserRecord.__slots__:
        yield name, getattr(record, name)


def test_a_table_of_more_columns_than_anybody_has_is_malformed() -> None:
    with pytest.raises(InvalidInput, match="more than 256 columns"):
        from_csv(b"email" + b",a" * 30_000)


def test_a_hash_that_is_longer_than_any_is_refused_unread() -> None:
    def objection(_: str) -> str:
        raise AssertionError

    hasher = SimpleNamespace(objection=objection)
    incoming = IncomingUser(
        hasher=hasher,
        html_cleaner=None,  # type: ignore[arg-type]
        to_ascii=str,
        ids=None,  # type: ignore[arg-type]
        known_roles=KnownRoles(),
    )
    record = UserRecord(line=1, email="a@example.com", password_hash="$" * 513)

    with pytest.raises(ValidationFailed) as caught:
        incoming.read(record, datetime.now(UTC), without_password=False, allow_roles=False)

    assert [error.field for error in caught.value.errors] == ["password_hash"]
