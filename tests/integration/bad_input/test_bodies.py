"""Bodies that are no JSON, no object, too large, or of another type."""

import json
from collections.abc import Iterator

import httpx
import pytest

from entrypoints.http.request import MAX_AUTH_BODY
from tests.integration.bad_input.answers import PROBLEM, refused, refused_for, unreadable
from tests.integration.bad_input.wire import AS_JSON, post
from tests.integration.processes import Server

pytestmark = [
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session"),
    pytest.mark.usefixtures("unchanged"),
]

REGISTER = "/api/v1/auth/register"
JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024
DEEP = 2_000
"""Beyond the interpreter's depth, and within the bytes of a body."""
NOT_JSON = {
    "empty": b"",
    "space": b" ",
    "cut off": b'{"email": "a@example.com"',
    "rubbish behind it": b'{"email": "a@example.com"}}',
    "single quotes": b"{'email': 'a@example.com'}",
    "a trailing comma": b'{"email": "a@example.com",}',
    "a comment": b"{} // ann",
    "NaN": b'{"email": NaN}',
    "NaN in an unknown field": b'{"email": 1, "else": NaN}',
    "a number beyond any": b'{"email": 1e400}',
    "a number of 10,000 digits": b'{"email": ' + b"9" * 10_000 + b"}",
    "a raw NUL": b'{"email": "a\0@example.com"}',
    "raw invalid UTF-8": b'{"email": "\xff"}',
    "raw invalid UTF-8 in an unknown field": b'{"else": "\xc0\xaf"}',
    "a raw surrogate": b'{"email": "\xed\xa0\x80"}',
    "an escaped surrogate": b'{"email": "\\ud800"}',
    "two surrogates in the wrong order": b'{"email": "\\udc00\\ud800"}',
    "a surrogate as a key": b'{"\\udfff": 1}',
    "UTF-16": "{}".encode("utf-16"),
    "UTF-32": "{}".encode("utf-32-le"),
    "Latin-1": b'{"name": "Ren\xe9"}',
    "deep lists": b"[" * DEEP,
    "deep objects in an unknown field": b'{"else": ' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "deep lists beside a wrong field": b'{"email": 1, "else": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "gzip without saying so": b"\x1f\x8b\x08\x00" + bytes(20),
}


def send(client: httpx.Client, content: bytes, **headers: str) -> httpx.Response:
    return client.post(REGISTER, content=content, headers={**JSON, **headers})


@pytest.mark.parametrize("content", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_cannot_be_read(client: httpx.Client, content: bytes) -> None:
    unreadable(send(client, content))


@pytest.mark.parametrize("content", [b"[]", b"null", b"1", b'"{}"', b"true", b"[{}]"])
def test_json_must_be_an_object(client: httpx.Client, content: bytes) -> None:
    refused_for(send(client, content), "")


@pytest.mark.parametrize("wrong", [None, 1, 1.5, -(2**63), 2**64, True, [], ["a@b"], {}, {"a": 1}])
def test_every_field_of_a_wrong_type_is_named(client: httpx.Client, wrong: object) -> None:
    body = {"email": wrong, "password": wrong, "name": wrong or False}

    refused_for(send(client, json.dumps(body).encode()), "email", "password", "name")


def test_every_missing_field_is_named(client: httpx.Client) -> None:
    refused_for(send(client, b"{}"), "email", "password")
    refused_for(send(client, b'{"\\u0000email": "a@example.com"}'), "email", "password")


def test_of_a_key_that_comes_twice_the_last_one_counts(client: httpx.Client) -> None:
    twice = b'{"email": "a@example.com", "password": "Good-Enough-1", "password": "short"}'

    refused_for(send(client, twice), "password")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "json",
        ";;;",
        "",
    ],
)
def test_another_content_type_is_refused(client: httpx.Client, content_type: str) -> None:
    answer = send(client, b"{}", **{"Content-Type": content_type})

    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert answer.headers["accept"] == "application/json"


def test_a_body_without_or_with_a_broken_content_type_is_refused(server: Server) -> None:
    for headers in (b"", b"Content-Type: \xff\xfe\r\n"):
        answer = post(server, headers + b"Content-Length: 2\r\n", b"{}")
        refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("coding", ["gzip", "br", "x"])
def test_a_compressed_body_is_refused(client: httpx.Client, coding: str) -> None:
    answer = send(client, b"{}", **{"Content-Encoding": coding})

    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_that_announces_too_much_is_refused(client: httpx.Client) -> None:
    refused(send(client, b" " * (MAX_AUTH_BODY + 1)), 413, "PAYLOAD_TOO_LARGE")


def test_a_body_of_the_largest_size_is_read(client: httpx.Client) -> None:
    refused_for(send(client, b"{}" + b" " * (MAX_AUTH_BODY - 2)), "email", "password")


def test_a_chunked_body_is_refused_when_it_has_become_too_large(client: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(5):
            yield b" " * (MAX_AUTH_BODY // 4)

    answer = client.post(REGISTER, content=pieces(), headers=JSON)

    refused(answer, 413, "PAYLOAD_TOO_LARGE")


def test_a_length_that_promises_more_than_comes_is_told_so(server: Server) -> None:
    headers = AS_JSON + b"Content-Length: 100\r\n"

    unreadable(post(server, headers, b'{"email": "a@example.com"}', half_closed=True))


def test_what_comes_after_the_announced_length_is_no_part_of_the_body(server: Server) -> None:
    headers = AS_JSON + b"Content-Length: 2\r\n"

    refused_for(post(server, headers, b'{}, "email": "a@example.com"}'), "email", "password")


@pytest.mark.parametrize("path", ["/nowhere", "/health", "/api/v1/auth/logout"])
def test_a_large_body_where_none_belongs_does_not_hide_the_answer(
    client: httpx.Client, path: str
) -> None:
    answer = client.post(path, content=b"x" * (2 * MIB))

    assert answer.status_code in {401, 404, 405}


def test_who_asks_for_a_problem_gets_one(client: httpx.Client) -> None:
    answer = send(client, b"[", Accept=PROBLEM)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["code"] == "INVALID_INPUT"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
