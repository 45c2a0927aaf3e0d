"""Paths, methods and queries that lead nowhere, on each engine."""

from uuid import UUID

import httpx
import pytest

from tests.integration.bad_input.answers import refused, refused_for, unreadable
from tests.integration.bad_input.wire import request
from tests.integration.processes import Server

pytestmark = pytest.mark.usefixtures("unchanged")

USERS = b"/api/v1/users"
NOBODY = str(UUID(int=0)).encode()
NO_ROLES = b"ADMIN %00 admin%00 %ff %ED%A0%80 %F0%9F%98%80 a%20b a%0a - %27".split()
NO_LIMITS = [
    *("", "0", "-1", "101", "1.5", "1e3", "0x10", "%2B5", "%205", "1_0", "many", "true", "null"),
    *("NaN", "inf", "[]", "%00", "5;limit=6", "%D9%A1", "%F0%9F%98%80"),
]


@pytest.fixture(scope="session")
def bearer(admin: httpx.Headers) -> bytes:
    """The admin's token as a header line."""
    return f"Authorization: {admin['authorization']}\r\n".encode()


@pytest.mark.parametrize(
    "target",
    [
        b"/",
        b"//",
        b"/api",
        b"/api/v2/users",
        b"/api/v1/users/me/../../auth",
        b"/health/../health",
        b"/health;a=b",
        b"/%2e%2e/health",
        b"/..%2f..%2fetc/passwd",
        b"/%",
        b"/%zz",
        b"/%00",
        b"/%ff%fe",
        b"/%ED%A0%80",
        b"/\\health",
        b"/docs/../../containers.py",
        b"/" + b"a" * 8000,
        b"*",
    ],
)
def test_an_unknown_route_is_not_found(server: Server, target: bytes) -> None:
    refused(request(server, b"GET", target), 404, "NOT_FOUND")


@pytest.mark.parametrize("target", [b"//health", b"/health/", b"///health//", b"/%2Fhealth"])
def test_slashes_too_many_change_nothing(server: Server, target: bytes) -> None:
    answer = request(server, b"GET", target)

    assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})
    assert answer.headers["cache-control"] == "no-store"
    assert "x-request-id" in answer.headers


@pytest.mark.parametrize(
    "target", [b"//api/v1/users/me", b"/api/v1/users%2Fme", b"/api//v1///users//me/"]
)
def test_slashes_too_many_open_no_back_door(server: Server, target: bytes) -> None:
    refused(request(server, b"GET", target), 401, "AUTH_UNAUTHORIZED")


@pytest.mark.parametrize("method", [b"TRACE", b"DELETE", b"FOO", b"get", b"M-SEARCH", b"PROPFIND"])
@pytest.mark.parametrize(
    ("target", "allowed"),
    [(b"/health", "GET, HEAD, OPTIONS"), (b"/api/v1/auth/login", "OPTIONS, POST")],
)
def test_a_wrong_method_is_told_the_right_ones(
    server: Server, method: bytes, target: bytes, allowed: str
) -> None:
    answer = request(server, method, target, b"Cookie: secret\r\n")

    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allowed
    assert "secret" not in answer.text


def test_head_and_options_are_answered_without_a_body(client: httpx.Client) -> None:
    for path, status in (("/health", 200), ("/nowhere", 404), ("/api/v1/auth/login", 405)):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (status, b"")
        assert "x-request-id" in answer.headers
    options = client.options("/api/v1/auth/login")
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "OPTIONS, POST"
    refused(client.options("/nowhere"), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "given",
    [
        b"x",
        b"1",
        b"-1",
        b"%00",
        b"%ff",
        b"%ED%A0%80",
        b"%F0%9F%98%80",
        NOBODY + b"%00",
        b"urn:uuid:" + NOBODY,
        b"a" * 5000,
        b"'%20OR%201=1",
    ],
)
def test_an_id_that_is_none_is_not_valid(server: Server, bearer: bytes, given: bytes) -> None:
    refused_for(request(server, b"GET", USERS + b"/" + given, bearer), "id")
    refused_for(request(server, b"POST", USERS + b"/" + given + b"/activate", bearer), "id")
    refused_for(request(server, b"DELETE", USERS + b"/me/sessions/" + given, bearer), "id")


def test_an_id_of_nobody_is_not_found(server: Server, bearer: bytes) -> None:
    for method, end in ((b"GET", b""), (b"POST", b"/deactivate"), (b"PUT", b"/roles/admin")):
        answer = request(server, method, USERS + b"/" + NOBODY + end, bearer)
        refused(answer, 404, "USER_NOT_FOUND")
    answer = request(server, b"DELETE", USERS + b"/me/sessions/" + NOBODY, bearer)
    refused(answer, 404, "RECORD_NOT_FOUND")


@pytest.mark.parametrize("role", [*NO_ROLES, b"a" * 33, b"a" * 5000])
@pytest.mark.parametrize("method", [b"PUT", b"DELETE"])
def test_a_role_that_is_none_is_not_valid(
    server: Server, bearer: bytes, method: bytes, role: bytes
) -> None:
    target = USERS + b"/" + NOBODY + b"/roles/" + role

    refused_for(request(server, method, target, bearer), "role")


@pytest.mark.parametrize("limit", [*NO_LIMITS, "9" * 40, "9" * 5000])
def test_a_limit_that_is_none_is_not_valid(server: Server, bearer: bytes, limit: str) -> None:
    refused_for(request(server, b"GET", USERS + f"?limit={limit}".encode(), bearer), "limit")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%00",
        "AAAA",
        "A" * 43,
        "A" * 43 + "=",
        "A" * 5000,
        "é",
        "%F0%9F%98%80",
        "../..",
        "-1",
    ],
)
def test_a_bad_cursor_cannot_be_read(server: Server, bearer: bytes, cursor: str) -> None:
    query = httpx.QueryParams({"cursor": cursor}) if "%" not in cursor else f"cursor={cursor}"

    unreadable(request(server, b"GET", USERS + f"?{query}".encode(), bearer))


@pytest.mark.parametrize("prefix", ["%00", "a%00", "a%0ab", "%E2%80%AE", "a" * 255, "a" * 5000])
def test_a_prefix_that_no_address_has_is_not_valid(
    server: Server, bearer: bytes, prefix: str
) -> None:
    answer = request(server, b"GET", USERS + f"?email_prefix={prefix}".encode(), bearer)

    refused_for(answer, "email_prefix")


@pytest.mark.parametrize(
    "prefix", ["%25dmin", "_dmin", "%5C", "%27%20OR%201=1", "*", "[a]", "%F0%9F%98%80"]
)
def test_a_prefix_has_no_wildcards(server: Server, bearer: bytes, prefix: str) -> None:
    answer = request(server, b"GET", USERS + f"?email_prefix={prefix}".encode(), bearer)

    assert answer.status_code == 200
    assert answer.json()["data"]["users"] == []


@pytest.mark.parametrize("state", ["", "maybe", "2", "null", "%00", "[]"])
def test_a_state_that_is_none_is_not_valid(server: Server, bearer: bytes, state: str) -> None:
    answer = request(server, b"GET", USERS + f"?is_active={state}".encode(), bearer)

    refused_for(answer, "is_active")


@pytest.mark.parametrize("query", ["%ff", "email_prefix=%ff", "cursor=%ED%A0%80", "else=%C0%AF"])
def test_a_query_that_is_no_text_cannot_be_read(server: Server, bearer: bytes, query: str) -> None:
    unreadable(request(server, b"GET", USERS + f"?{query}".encode(), bearer))


def test_a_parameter_that_is_given_twice_cannot_be_read(server: Server, bearer: bytes) -> None:
    unreadable(request(server, b"GET", USERS + b"?limit=5&limit=6", bearer))


@pytest.mark.parametrize(
    "query",
    ["%00=%00", "&&&", "=", "else=1", "a" * 6000, "limit[]=x", "%zz", "?"],
)
def test_what_a_query_has_besides_is_passed_over(server: Server, bearer: bytes, query: str) -> None:
    answer = request(server, b"GET", USERS + f"?{query}".encode(), bearer)

    assert answer.status_code == 200
    assert answer.json()["status"] == "success"
