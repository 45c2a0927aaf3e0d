from uuid import UUID

import httpx
import pytest

from application.context import CallContext, call_context
from entrypoints.http.middleware import ExchangeMiddleware
from tests.unit.entrypoints.http.conftest import World, call

ROUTES = [
    ("GET", "/health", 200),
    ("HEAD", "/health", 200),
    ("OPTIONS", "/health", 204),
    ("GET", "/nowhere", 404),
    ("DELETE", "/health", 405),
    ("POST", "/api/v1/things", 400),
    ("GET", "/api/v1/failing", 500),
    ("GET", "/docs", 200),
]


@pytest.mark.parametrize(("method", "path", "status"), ROUTES)
async def test_every_answer_carries_the_id_that_the_caller_sent(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path, headers={"X-Request-ID": "my-id.1"})

    assert answer.status_code == status
    assert answer.headers.get_list("x-request-id") == ["my-id.1"]
    assert answer.headers.get_list("server") == [""]


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "näh", "<script>", "a,b"])
async def test_an_id_that_is_no_sane_token_is_replaced(
    client: httpx.AsyncClient, given: str
) -> None:
    answer = await client.get("/health", headers={b"X-Request-ID": given.encode()})

    assert str(UUID(answer.headers["x-request-id"])) == answer.headers["x-request-id"]


async def test_two_calls_get_two_ids(client: httpx.AsyncClient) -> None:
    first, second = await client.get("/health"), await client.get("/health")

    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_the_body_of_an_error_names_the_same_id_as_its_header(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/nowhere")

    assert answer.json()["data"]["request_id"] == answer.headers["x-request-id"]


async def test_the_context_of_the_call_is_set_and_left_again() -> None:
    seen: list[CallContext] = []

    async def app(*_: object) -> None:
        seen.append(call_context.get())

    before = call_context.get()
    headers = {"user-agent": "Browser\t\x7f" + "x" * 300, "x-request-id": "id"}
    async with call(ExchangeMiddleware(app)) as client:
        with pytest.raises(AssertionError):  # the transport misses an answer
            await client.get("/", headers=headers)

    assert seen == [CallContext("id", "127.0.0.1", ("Browser" + "x" * 300)[:256])]
    assert call_context.get() == before


async def test_an_error_outside_the_framework_is_answered_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(*_: object) -> None:
        raise RuntimeError("secret detail")

    async with call(ExchangeMiddleware(app)) as client:
        answer = await client.get("/", headers={"accept": "application/problem+json"})

    assert answer.status_code == 500
    assert answer.json()["code"] == "INTERNAL_ERROR"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert "secret" not in answer.text
    assert len(caplog.records) == 1


@pytest.mark.parametrize("path", ["/health", "//health", "/api/v1/failing", "/nowhere"])
async def test_what_does_not_say_otherwise_is_never_stored(
    client: httpx.AsyncClient, world: World, path: str
) -> None:
    answer = await client.get(path)

    assert answer.headers.get_list("cache-control") == ["no-store"]
