from collections.abc import Awaitable, Callable
from functools import cache

import pytest

from entrypoints.http.app import HttpApi
from entrypoints.http.middleware import ExchangeMiddleware
from entrypoints.http.refusals import Transport
from tests.unit.entrypoints.http.conftest import app_over, call
from tests.world import world

Send = Callable[[dict[str, int | str]], Awaitable[None]]
ALLOWED = ("api.example.org", "*.example.com", "[::1]")


async def answer_200(scope: object, receive: object, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})


@cache
def app(allowed: tuple[str, ...]) -> HttpApi:
    return app_over(Transport(hosts=allowed))


async def status(
    host: str, path: str = "/openapi.json", *, allowed: tuple[str, ...] = ALLOWED
) -> int:
    async with world() as here, call(app(allowed)) as client:
        app(allowed).state.use_cases = here.do
        answer = await client.get(path, headers={"Host": host})
    assert answer.headers["X-Request-ID"]
    return answer.status_code


@pytest.mark.parametrize(
    "host",
    ["api.example.org", "API.Example.org:3000", "api.example.org.", "a.b.example.com", "[::1]:80"],
)
async def test_a_name_that_is_allowed_is_answered(host: str) -> None:
    assert await status(host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "example.com", "api.example.org.evil.example", "", "[::2]", "xexample.com"],
)
async def test_another_name_is_refused(host: str) -> None:
    assert await status(host) == 400


@pytest.mark.parametrize("allowed", [ALLOWED, (), ("*",)])
@pytest.mark.parametrize(
    "host",
    [
        "ann@api.example.org",
        "api.example.org:80@evil.example",
        "api.example.org:443:443",
        "api.example.org:port",
        "api.example.org/evil",
        "api.example.org?",
        "api.example.org, evil.example",
        "api.example.org evil.example",
        "api.example.org..",
        "api..example.org",
        ".example.com",
        "[::1]evil.example",
        "[::1",
        "a" * 256,
        "",
    ],
)
async def test_what_is_no_host_is_refused_whatever_is_allowed(
    host: str, allowed: tuple[str, ...]
) -> None:
    assert await status(host, allowed=allowed) == 400


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_probes_call_by_address(path: str) -> None:
    assert await status("10.0.0.7", path) == 200


@pytest.mark.parametrize("path", ["/healthy", "/healthz", "/health/%2e%2e/docs", "//health"])
async def test_what_only_looks_like_a_probe_is_none(path: str) -> None:
    assert await status("10.0.0.7", path) == 400


async def test_two_hosts_are_none() -> None:
    async with call(app_over(Transport(hosts=ALLOWED))) as client:
        twice = [("Host", "api.example.org"), ("Host", "api.example.org")]
        answer = await client.get("/docs", headers=twice)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("version", "expected"), [("1.0", 200), ("1", 200), ("1.1", 400), ("2", 400)]
)
async def test_only_the_old_protocol_needs_no_host(version: str, expected: int) -> None:
    sent: list[int | str] = []

    async def send(message: dict[str, int | str]) -> None:
        if "status" in message:
            sent.append(message["status"])

    scope = {
        "type": "http",
        "http_version": version,
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"")],
    }
    await ExchangeMiddleware(answer_200)(scope, None, send)  # type: ignore[arg-type] # as much as is looked at

    assert sent == [expected]


@pytest.mark.parametrize("allowed", [(), ("*",)])
async def test_without_a_list_every_name_is_answered(allowed: tuple[str, ...]) -> None:
    assert await status("evil.example", allowed=allowed) == 200
