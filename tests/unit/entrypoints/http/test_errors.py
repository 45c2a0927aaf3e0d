import asyncio
import logging

import httpx
import pytest

from application.errors import DependencyUnavailable
from domain.errors import Category, DomainError, FieldError, ValidationFailed
from domain.session.errors import Unauthorized
from entrypoints.http.errors.catalogue import STATUS
from tests.unit.entrypoints.http.conftest import World

STATUSES = {
    "internal": 500,
    "malformed": 400,
    "validation": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "rate_limited": 429,
    "unavailable": 503,
    "timeout": 504,
    "external": 502,
}


def error_of(category: Category) -> DomainError:
    kind = type("Made", (DomainError,), {"code": "MADE", "category": category, "summary": "Made."})
    made = kind(errors=(FieldError("name", "Too long."),), context={"secret": "s3cret"})
    assert isinstance(made, DomainError)
    return made


def test_every_category_has_its_status() -> None:
    assert {category.value: status for category, status in STATUS.items()} == STATUSES
    assert set(STATUS) == set(Category)


@pytest.mark.parametrize("category", Category)
async def test_an_error_is_told_as_jsend(
    client: httpx.AsyncClient, world: World, category: Category
) -> None:
    world.failure = error_of(category)

    answer = await client.get("/api/v1/failing", headers={"X-Request-ID": "id"})

    assert answer.status_code == STATUSES[category]
    assert answer.headers["content-type"] == "application/json"
    if answer.status_code < 500:
        wrong = [{"field": "name", "message": "Too long."}]
        data = {"code": "MADE", "message": "Made.", "errors": wrong, "request_id": "id"}
        assert answer.json() == {"status": "fail", "data": data}
    else:
        data = {"code": "MADE", "request_id": "id"}
        assert answer.json() == {"status": "error", "message": "Made.", "data": data}


@pytest.mark.parametrize("category", Category)
async def test_an_error_is_told_as_a_problem_to_those_who_ask(
    client: httpx.AsyncClient, world: World, category: Category
) -> None:
    world.failure = error_of(category)
    headers = {"X-Request-ID": "id", "Accept": "application/problem+json"}

    answer = await client.get("/api/v1/failing", headers=headers)

    status = STATUSES[category]
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.pop("title")
    assert body == {
        "type": "about:blank",
        "status": status,
        "detail": "Made.",
        "code": "MADE",
        "errors": [{"field": "name", "message": "Too long."}],
        "request_id": "id",
    }


async def test_what_nobody_foresaw_is_logged_once_and_told_to_nobody(
    client: httpx.AsyncClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.failure = RuntimeError("password=hunter2")

    answer = await client.get("/api/v1/failing", headers={"X-Request-ID": "id"})

    assert answer.status_code == 500
    assert answer.json()["data"]["code"] == "INTERNAL_ERROR"
    assert "hunter2" not in answer.text
    (record,) = caplog.records
    assert record.name == "armature.http"
    assert record.exc_info
    assert record.exc_info[1] is world.failure
    assert "id" in record.getMessage()


async def test_an_outage_is_logged_with_its_cause_and_without_a_traceback(
    client: httpx.AsyncClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.failure = DependencyUnavailable(context={"dependency": "database"})

    await client.get("/api/v1/failing")

    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.exc_info is None
    assert record.__dict__["context"] == {"dependency": "database"}


async def test_what_a_caller_can_mend_is_not_logged(
    client: httpx.AsyncClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.failure = ValidationFailed.of("name", "Too long.")

    await client.get("/api/v1/failing")

    assert not caplog.records


async def test_cancellation_passes_through(client: httpx.AsyncClient, world: World) -> None:
    world.failure = asyncio.CancelledError()  # type: ignore[assignment]  # raised all the same

    with pytest.raises(asyncio.CancelledError):
        await client.get("/api/v1/failing")


@pytest.mark.parametrize(("seconds", "header"), [(0.2, "1"), (1.0, "1"), (1.01, "2"), (30, "30")])
async def test_an_outage_says_when_to_come_back_in_whole_seconds(
    client: httpx.AsyncClient, world: World, seconds: float, header: str
) -> None:
    world.failure = DependencyUnavailable()
    world.failure.retry_after = seconds

    answer = await client.get("/api/v1/failing")

    assert answer.headers["retry-after"] == header


async def test_a_limit_says_when_to_come_back_even_if_the_error_does_not(
    client: httpx.AsyncClient, world: World
) -> None:
    world.failure = error_of(Category.RATE_LIMITED)

    answer = await client.get("/api/v1/failing")

    assert answer.headers["retry-after"] == "1"


async def test_a_wrong_method_is_told_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/v1/things")

    assert answer.status_code == 405
    assert answer.json()["data"]["code"] == "METHOD_NOT_ALLOWED"
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_an_unknown_address_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/%00%ff")

    assert answer.status_code == 404
    assert answer.json()["data"]["code"] == "NOT_FOUND"


async def test_every_401_carries_a_challenge(client: httpx.AsyncClient, world: World) -> None:
    world.failure = Unauthorized()

    answer = await client.get("/api/v1/failing", headers={"Authorization": "Bearer unread"})

    assert answer.headers["www-authenticate"] == 'Bearer realm="armature"'


async def test_a_host_that_is_none_is_malformed_input(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health", headers={"Host": "a b"})

    assert answer.status_code == 400
    assert answer.json()["data"]["code"] == "INVALID_INPUT"
