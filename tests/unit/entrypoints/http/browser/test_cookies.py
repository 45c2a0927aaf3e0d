from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.types import HTTPScope

from application.errors import InvalidInput
from domain.errors import DomainError
from domain.session.errors import TokenInvalid
from entrypoints.http.cookies.token_cookies import MAX_BYTES, PLAIN, SECURE

NAME = SECURE.access.name
TOKEN = "eyJh.b-c_d.e~f"


def read(*headers: bytes) -> str | None:
    scope = {"headers": [(b"host", b"x"), *((b"cookie", header) for header in headers)]}
    return SECURE.access.read(cast("HTTPScope", scope))


@pytest.mark.parametrize(
    "header",
    [
        f"{NAME}={TOKEN}",
        f"a=b; {NAME}={TOKEN}; c=d",
        f"a=b;{NAME}={TOKEN};",
        f" {NAME}={TOKEN} ",
        f'a="x;y"; b; =c; ; {NAME}={TOKEN}',
        f"a={NAME}; {NAME}={TOKEN}",
        f"\xff\xfe=\xff; {NAME}={TOKEN}",
        f"$Version=1; {NAME}={TOKEN}; $Path=/",
    ],
)
def test_ours_is_found_among_whatever_others_there_are(header: str) -> None:
    assert read(header.encode("latin-1")) == TOKEN


@pytest.mark.parametrize(
    "header",
    [
        "",
        ";;;",
        "=",
        NAME,
        f"x{NAME}={TOKEN}",
        f"{NAME} ={TOKEN}",
        f"{NAME.upper()}={TOKEN}",
        f"={NAME}={TOKEN}",
        f'a="; {NAME}x={TOKEN}"',
        f"a=b, {NAME}={TOKEN}",
        f"%5F_Host-access={TOKEN}",
        f"{PLAIN.access.name}={TOKEN}",
    ],
)
def test_what_only_looks_like_ours_is_passed_over(header: str) -> None:
    assert read(header.encode()) is None


@pytest.mark.parametrize(
    "value",
    [
        *("", '""', f'"{TOKEN}"', f"{TOKEN} x", f"{TOKEN}\t", f"{TOKEN},x", "a%20b", "a=b=c"),
        *("\0", "\x7f", "é", "\xff", f"{TOKEN}\r", "a\\b"),
    ],
)
def test_what_can_be_no_token_is_refused(value: str) -> None:
    header = f"{NAME}={value}; a=b".encode("latin-1")
    if value.strip(" \t") == TOKEN:
        assert read(header) == TOKEN
        return
    with pytest.raises(TokenInvalid):
        read(header)


def test_headers_are_one_list() -> None:
    assert read(b"a=b", f"{NAME}={TOKEN}".encode()) == TOKEN
    with pytest.raises(TokenInvalid):
        read(f"{NAME}={TOKEN}".encode(), f"{NAME}={TOKEN}".encode())


def test_there_is_an_end_to_them() -> None:
    ours = f"; {NAME}={TOKEN}".encode()
    assert read(b"a" * (MAX_BYTES - len(ours)) + ours) == TOKEN
    with pytest.raises(InvalidInput):
        read(b"a" * (MAX_BYTES - len(ours) + 1) + ours)
    with pytest.raises(InvalidInput):
        read(b"a" * (MAX_BYTES // 2), b"a" * (MAX_BYTES // 2))


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_no_bytes_are_more_than_refused(headers: list[bytes]) -> None:
    try:
        found = read(*headers, f"{NAME}=".encode() + headers[0] if headers else b"")
    except DomainError:
        return
    assert found is None or found.isascii()
