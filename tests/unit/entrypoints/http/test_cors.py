"""What pages of other origins may do from a browser."""

from functools import cache

import httpx
import pytest

from entrypoints.http.app import HttpApi
from entrypoints.http.refusals import Transport
from entrypoints.http.response_headers import HEADERS, METHODS
from tests.unit.entrypoints.http.conftest import app_over, call

OURS, OTHER = "https://app.example.org", "https://evil.example"
ME = "/api/v1/users/me"
LISTED = (OURS, "http://localhost:5173")


@cache
def app(origins: tuple[str, ...]) -> HttpApi:
    return app_over(Transport(origins=origins, hosts=("service",)))


async def send(
    method: str, path: str, origins: tuple[str, ...] = LISTED, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with call(app(origins)) as client:
        return await client.request(method, path, headers=named)


def said(answer: httpx.Response) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", ME, 401),
        ("GET", "/nowhere", 404),
        ("DELETE", "/health", 405),
        ("POST", "/api/v1/auth/login", 400),
    ],
)
async def test_a_listed_origin_may_read_every_answer(method: str, path: str, status: int) -> None:
    answer = await send(method, path, Origin=OURS)

    assert answer.status_code == status
    assert answer.headers.get_list("access-control-allow-origin") == [OURS]
    assert answer.headers["access-control-allow-credentials"] == "true"
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {
        *("X-Request-ID", "RateLimit", "RateLimit-Policy", "Retry-After", "Idempotency-Replayed")
    } <= set(exposed)
    assert "Origin" in answer.headers.get_list("vary")


async def test_a_host_that_is_refused_can_be_read_too() -> None:
    answer = await send("GET", ME, Origin=OURS, Host="evil.example")

    assert answer.status_code == 400
    assert answer.headers["access-control-allow-origin"] == OURS


@pytest.mark.parametrize(
    "origin",
    [
        *(OTHER, "null", "", "*", "https://app.example.org:443", "http://app.example.org"),
        *("https://app.example.org.evil.example", "https://APP.example.org", f"{OURS}/"),
        *(f"{OURS}, {OTHER}", "https://xapp.example.org", "https://example.org"),
    ],
)
async def test_another_origin_may_read_nothing(origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        answer = await send(method, ME, Origin=origin, Access_Control_Request_Method="DELETE")
        assert said(answer) == set()
        assert "Origin" in answer.headers.get_list("vary")


async def test_a_page_may_ask_before_it_sends() -> None:
    answer = await send(
        "OPTIONS",
        ME,
        Origin=OURS,
        Access_Control_Request_Method="DELETE",
        Access_Control_Request_Headers="authorization",
    )

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == OURS
    assert answer.headers["access-control-allow-methods"] == METHODS.decode()
    assert answer.headers["access-control-allow-headers"] == HEADERS.decode()
    assert answer.headers["access-control-max-age"] == "600"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "x-request-id" in answer.headers
    assert "*" not in str(answer.headers)


async def test_a_question_to_a_host_that_is_not_ours_is_refused() -> None:
    answer = await send(
        "OPTIONS", ME, Origin=OURS, Access_Control_Request_Method="PUT", Host="evil.example"
    )

    assert answer.status_code == 400


async def test_plain_options_are_still_about_methods() -> None:
    answer = await send("OPTIONS", "/api/v1/auth/login", Origin=OURS)

    assert answer.headers["allow"] == "OPTIONS, POST"
    assert "access-control-allow-methods" not in answer.headers


async def test_without_a_list_nobody_else_reads_and_nothing_varies() -> None:
    for origin in (OURS, OTHER, "null"):
        answer = await send(
            "OPTIONS", "/health", (), Origin=origin, Access_Control_Request_Method="GET"
        )
        assert said(answer) == set()
        assert "vary" not in answer.headers
