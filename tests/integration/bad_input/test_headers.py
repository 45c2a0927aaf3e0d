"""Headers that are none: tokens, wishes, names and ids."""

import httpx
import pytest

from tests.integration.bad_input.answers import JSON, PROBLEM, refused
from tests.integration.bad_input.wire import request
from tests.integration.processes import Server

ME = b"/api/v1/users/me"
NOT_BEARER = [
    b"",
    b"Basic YTpi",
    b"\xff\xfe",
    b"Token x",
    b", Bearer x",
    b"Bearer\tx",
    b"\xa0Bearer x",
]
NO_TOKEN = [
    b"Bearer",
    b"Bearer x",
    b"BEARER null",
    b"Bearer a.b.c",
    b"Bearer ..",
    b"Bearer \xe9\xff",
    b"Bearer \xf0\x9f\x98\x80",
    b'Bearer "quoted"',
    b"Bearer a b",
    b"Bearer a, Bearer b",
    b"Bearer " + b"a" * 8000,
    b"Bearer " + b"." * 3000,
    b"Bearer eyJhbGciOiJub25lIn0.e30.",
    b"Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJhZG1pbiJ9.",
]
ACCEPTS = {
    b"": JSON,
    b"*/*": JSON,
    b"text/html, image/*": JSON,
    b"\xff\xfe": JSON,
    b"a" * 5000: JSON,
    b"," * 5000: JSON,
    b";q=;;;": JSON,
    b"application/problem+json;q=0": JSON,
    b"application/problem+json;q=NaN": JSON,
    b"application/problem+json;q=-1": JSON,
    b"application/problem+json": PROBLEM,
    b"APPLICATION/PROBLEM+JSON ; q=0.001": PROBLEM,
    b"application/problem+json," * 300: PROBLEM,
    b'application/problem+json;x="' + b"\\" * 5000: PROBLEM,
    b"application/problem+json" + b";a=b" * 1000: PROBLEM,
}

pytestmark = [
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session"),
    pytest.mark.usefixtures("unchanged"),
]


@pytest.mark.parametrize("given", NOT_BEARER)
def test_what_is_no_bearer_is_asked_to_log_in(server: Server, given: bytes) -> None:
    answer = request(server, b"GET", ME, b"Authorization: " + given + b"\r\n")

    refused(answer, 401, "AUTH_UNAUTHORIZED")
    assert answer.headers["www-authenticate"] == 'Bearer realm="armature"'


@pytest.mark.parametrize("given", NO_TOKEN)
def test_a_token_that_is_none_is_not_valid(server: Server, given: bytes) -> None:
    answer = request(server, b"GET", ME, b"Authorization: " + given + b"\r\n")

    refused(answer, 401, "AUTH_TOKEN_INVALID")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_token_with_any_part_changed_is_not_valid(
    client: httpx.Client, admin: httpx.Headers
) -> None:
    header, claims, signature = admin["authorization"].removeprefix("Bearer ").split(".")
    tokens = [
        f"{header}.{claims}.",
        f"{header}.{claims}",
        f"{header}.{claims}.{signature[:-2]}",
        f"{header}.{claims}.{signature}.{signature}",
        f"{header}.{claims[:-1]}.{signature}",
        f"{claims}.{claims}.{signature}",
        f"{header}.{claims}.{signature[::-1]}",
        f"{header}..{signature}",
    ]
    for token in tokens:
        answer = client.get("/api/v1/users/me", headers={"Authorization": f"Bearer {token}"})
        refused(answer, 401, "AUTH_TOKEN_INVALID")


@pytest.mark.parametrize(("accept", "given"), ACCEPTS.items(), ids=lambda each: repr(each[:40]))
def test_any_wish_gets_an_error_that_it_can_read(server: Server, accept: bytes, given: str) -> None:
    answer = request(server, b"GET", b"/nowhere", b"Accept: " + accept + b"\r\n")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == given
    body = answer.json()
    assert (body if given == PROBLEM else body["data"])["code"] == "NOT_FOUND"


@pytest.mark.parametrize("given", [b"", b"\xff", b"a b", b"<script>", b"a" * 129, b"a,b"])
def test_a_request_id_that_is_none_is_replaced(server: Server, given: bytes) -> None:
    answer = request(server, b"GET", b"/nowhere", b"X-Request-ID: " + given + b"\r\n")

    refused(answer, 404, "NOT_FOUND")
    assert answer.headers["x-request-id"].encode() != given
    assert len(answer.headers["x-request-id"]) == 36
