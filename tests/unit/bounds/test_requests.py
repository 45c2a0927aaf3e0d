"""Whatever a request says, little is done with it: the head is measured before anything is read."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import cast

import pytest
from litestar.types import HTTPScope

from application.use_cases import UseCases
from entrypoints import http
from entrypoints.http import guards
from entrypoints.http.app import HttpApi, create_app
from entrypoints.http.refusals import (
    MAX_FIELD,
    MAX_FIELDS,
    MAX_PARAMETERS,
    MAX_TARGET,
    Transport,
)
from entrypoints.http.request_telemetry import MAX_TRACING, TRACING, trace_headers
from tests.unit.bounds.worst import Work, worst
from tests.unit.entrypoints.http.conftest import World

SOURCE = Path(str(http.__file__ or http.__path__[0])).parent
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*", re.IGNORECASE)
ME = "/api/v1/users/me"


def _names() -> Iterator[str]:
    """Find what may be the name of a header anywhere in the driver; what is none does no harm."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, bytes):
                value = value.decode("latin-1")
            elif not isinstance(value, str) or "-" not in value:
                continue
            if _NAME.fullmatch(value) and 3 < len(value) < 40:
                yield value.lower()


SCARCE = {"cookie", "accept", "host", "origin", *map(bytes.decode, TRACING)}
"""Names that are also words, and are found as such or not at all."""
HEADERS = sorted({*_names(), *SCARCE} - {"content-length"})


@dataclass(frozen=True)
class Request:
    """What a request is besides the header that is tried; each comes as far as its use case."""

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    query: bytes = b""


_JSON = (b"content-type", b"application/json")
_ANN = b'{"email": "ann@example.com", "password": "Correct-Horse-1"'
REQUESTS = [
    Request("GET", ME),
    Request("POST", "/api/v1/auth/register", _ANN + b"}", (_JSON,)),
    Request("POST", "/api/v1/auth/login", _ANN + b', "mode": "cookie"}', (_JSON,)),
    Request("POST", "/api/v1/auth/refresh", headers=((b"cookie", b"__Host-refresh=a"),)),
    Request("GET", "/api/v1/auth/csrf", headers=((b"cookie", b"__Host-access=a"),)),
    Request("PATCH", ME, b"{}", (_JSON, (b"cookie", b"__Host-access=a"))),
]
HTTPS = (b"x-forwarded-proto", b"https")


@pytest.fixture(scope="module")
def app() -> HttpApi:
    transport = Transport(
        hosts=("service",),
        proxies=(ip_network("10.0.0.0/8"),),
        origins=("https://page.example",),
        https_only=True,
    )
    return create_app(cast("UseCases", World()), transport=transport)


async def ask(app: HttpApi, request: Request, *tried: tuple[bytes, bytes]) -> int:
    """Give the status of the answer; what is tried stands in the place of what is usual."""
    statuses: list[int] = []

    async def keep(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(str(message["status"])))

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": request.body, "more_body": False}

    length = (b"content-length", str(len(request.body)).encode())
    usual = [(b"host", b"service"), HTTPS, length, *request.headers]
    names = {name for name, _ in tried}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "query_string": request.query,
        "headers": [*(each for each in usual if each[0] not in names), *tried],
        "client": ("10.0.0.1", 1),
        "state": {},
    }
    await app(scope, receive, keep)  # type: ignore[arg-type]  # what a server would send
    return statuses[0]


def test_the_names_of_headers_are_found() -> None:
    assert {
        *("accept", "authorization", "cookie", "forwarded", "host", "idempotency-key", "origin"),
        *("traceparent", "user-agent", "x-csrf-token", "x-forwarded-for", "x-forwarded-proto"),
        *("x-request-id", "sec-fetch-site", "content-type", "tracestate", "baggage"),
    } <= {*HEADERS}


@pytest.mark.parametrize("name", HEADERS)
async def test_of_the_worst_header_that_is_read_little_is_looked_at(
    app: HttpApi, name: str
) -> None:
    for request in REQUESTS:
        await ask(app, request)
        with Work() as usual:
            await ask(app, request)
        for text in worst(MAX_FIELD - 100):
            value = text.encode("utf-8", "surrogatepass")[: MAX_FIELD - 100]
            with Work() as work:
                await ask(app, request, (name.encode(), value))

            assert work.calls <= usual.calls + MAX_FIELD, (request, text[:20])


@pytest.mark.parametrize("name", HEADERS)
async def test_a_larger_header_is_refused(app: HttpApi, name: str) -> None:
    value = b"a" * (MAX_FIELDS if name == "cookie" else MAX_FIELD)

    assert await ask(app, REQUESTS[0], (name.encode(), value)) == 431


async def test_many_headers_are_refused_together(app: HttpApi) -> None:
    field = (b"x-any", b"a" * (MAX_FIELD - 5))

    assert await ask(app, REQUESTS[0], *[field] * (MAX_FIELDS // MAX_FIELD + 1)) == 431


@pytest.mark.parametrize("unit", ["a", "/a", "%41", "\u0301"])
async def test_a_target_that_is_too_long_is_refused_unread(app: HttpApi, unit: str) -> None:
    long = "/" + unit * MAX_TARGET
    with Work() as work:
        assert await ask(app, Request("GET", long)) == 414
        assert await ask(app, Request("GET", ME, query=long.encode())) == 414

    assert work.calls < 2_000


async def test_of_a_query_few_parameters_are_read(app: HttpApi) -> None:
    many = b"&".join(b"p%d=1" % number for number in range(MAX_PARAMETERS + 1))

    assert await ask(app, Request("GET", ME, query=many)) == 400
    assert await ask(app, Request("GET", ME, query=many.rpartition(b"&")[0])) == 401
    with Work() as work:
        await ask(app, Request("GET", ME, query=b"&" * (MAX_TARGET - 100)))
    assert work.calls < 2_000


async def test_of_many_cookies_none_is_read(app: HttpApi) -> None:
    with Work() as work:
        assert await ask(app, REQUESTS[0], (b"cookie", b"a=b;" * 8_000)) == 400

    assert work.calls < 2_000


@pytest.mark.parametrize("name", TRACING)
def test_what_traces_are_continued_by_is_dropped_when_it_is_long(name: bytes) -> None:
    def given(value: bytes) -> dict[str, str]:
        return trace_headers(cast("HTTPScope", {"headers": [(name, value)]}))

    assert given(b" " * MAX_TRACING) == {name.decode(): " " * MAX_TRACING}
    assert given(b" " * (MAX_TRACING + 1)) == {}


async def test_a_token_that_is_too_long_is_remembered_by_nobody(app: HttpApi) -> None:
    before = guards._is_token.cache_info().currsize
    for number in range(10):
        token = b"Bearer " + b"a" * guards.MAX_TOKEN + b"%d" % number
        assert await ask(app, REQUESTS[0], (b"authorization", token)) == 401

    assert guards._is_token.cache_info().currsize == before
