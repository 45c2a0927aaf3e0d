"""What becomes of plain HTTP where only HTTPS is spoken."""

from functools import cache
from ipaddress import ip_network

import httpx
import pytest

from entrypoints.http.app import HttpApi
from entrypoints.http.refusals import Transport
from tests.unit.entrypoints.http.conftest import app_over, call

ONLY = Transport(
    hosts=("api.example.org", "*.example.net"),
    proxies=(ip_network("127.0.0.1"),),
    https_only=True,
)


@cache
def app() -> HttpApi:
    return app_over(ONLY)


async def send(
    method: str, path: str, host: str = "api.example.org", **headers: str
) -> httpx.Response:
    async with call(app()) as client:
        return await client.request(method, path, headers={"Host": host, **headers})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("host", "path", "location"),
    [
        ("api.example.org", "/docs", "https://api.example.org/docs"),
        ("API.example.org.:8080", "/docs?a=b&c=%20", "https://api.example.org/docs?a=b&c=%20"),
        ("api.example.org", "/%0d%0aX:%20y", "https://api.example.org/%0d%0aX:%20y"),
        ("api.example.org", "/health/%2e%2e/docs", "https://api.example.org/health/%2e%2e/docs"),
        ("api.example.org", "/healthz", "https://api.example.org/healthz"),
        ("api.example.org", "/nowhere", "https://api.example.org/nowhere"),
    ],
)
async def test_readers_are_sent_to_the_same_address_over_https(
    method: str, host: str, path: str, location: str
) -> None:
    answer = await send(method, path, host)

    assert (answer.status_code, answer.headers["location"]) == (308, location)
    assert answer.content == b""
    assert answer.headers["cache-control"] == "no-store"
    assert "x-request-id" in answer.headers
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_writers_are_refused(method: str) -> None:
    answer = await send(method, "/api/v1/users/me", Authorization="Bearer secret")

    assert answer.status_code == 403
    assert answer.json()["data"]["code"] == "HTTPS_REQUIRED"
    assert answer.json()["data"]["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["evil.example", "api.example.org@evil.example", ""])
async def test_nobody_is_sent_to_a_host_that_is_not_ours(method: str, host: str) -> None:
    answer = await send(method, "/docs", host)

    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_probes_speak_plain_http(path: str) -> None:
    assert (await send("GET", path, "10.0.0.7:3000")).status_code == 200


@pytest.mark.parametrize(
    "said", [{"X-Forwarded-Proto": "https"}, {"Forwarded": "for=203.0.113.7;proto=https"}]
)
async def test_what_a_proxy_took_over_https_is_served(said: dict[str, str]) -> None:
    assert (await send("GET", "/docs", **said)).status_code == 200


async def test_a_host_that_is_not_told_is_no_place_to_send_anybody() -> None:
    answers: list[int] = []

    async def keep(message: dict[str, int]) -> None:
        answers.extend([message["status"]] if "status" in message else [])

    open_to_all = app_over(Transport(https_only=True))
    scope: dict[str, object] = {
        "type": "http",
        "http_version": "1.0",
        "method": "GET",
        "scheme": "http",
        "path": "/docs",
        "query_string": b"",
        "headers": [],
        "client": None,
    }
    await open_to_all(scope, None, keep)  # type: ignore[arg-type] # as much as is looked at

    assert answers == [403]
