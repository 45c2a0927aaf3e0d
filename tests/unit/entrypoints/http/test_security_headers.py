"""What every answer tells browsers."""

from ipaddress import ip_network

import httpx
import pytest

from entrypoints.http.refusals import Transport
from tests.unit.entrypoints.http.conftest import app_over, call
from tests.unit.entrypoints.http.test_request_id import ROUTES

LOCKED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
SAID = {
    "server": "",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@pytest.mark.parametrize(("method", "path", "status"), ROUTES)
async def test_every_answer_has_each_header_once(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)

    assert answer.status_code == status
    assert {name: answer.headers.get_list(name) for name in SAID} == {
        name: [value] for name, value in SAID.items()
    }
    policy = PAGE if path == "/docs" else LOCKED
    assert answer.headers.get_list("content-security-policy") == [policy]
    assert answer.headers.get_list("cache-control") == [
        "no-cache" if path == "/docs" else "no-store"
    ]


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/nowhere", 404)])
@pytest.mark.parametrize(
    ("scheme", "expected"), [("http", []), ("https", ["max-age=31536000; includeSubDomains"])]
)
async def test_browsers_are_told_to_stay_with_https_over_https(
    path: str, status: int, scheme: str, expected: list[str]
) -> None:
    trusting = Transport(proxies=(ip_network("127.0.0.1"),))
    async with call(app_over(trusting)) as client:
        answer = await client.get(path, headers={"X-Forwarded-Proto": scheme})

    assert answer.status_code == status
    assert answer.headers.get_list("strict-transport-security") == expected


async def test_a_refused_host_is_told_the_same() -> None:
    async with call(app_over(Transport(hosts=("a.example",)))) as client:
        answer = await client.get("/docs")

    assert answer.status_code == 400
    assert answer.headers["content-security-policy"] == LOCKED
    assert answer.headers["x-content-type-options"] == "nosniff"
