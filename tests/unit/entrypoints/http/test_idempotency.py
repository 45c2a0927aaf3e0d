"""`Idempotency-Key` over HTTP."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from entrypoints.http.app import create_app
from entrypoints.http.openapi.document import document
from entrypoints.http.openapi.operations import operations
from tests.unit.entrypoints.http.conftest import call
from tests.world import OPERATOR, PASSWORD, World, world

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
BODY = {"email": "ann@example.com", "password": PASSWORD, "name": "Ann"}
NAME = "Idempotency-Key"


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world() as opened:
        yield opened


@pytest.fixture
async def client(here: World) -> AsyncIterator[httpx.AsyncClient]:
    async with call(create_app(here.do)) as client:
        yield client


async def register(
    client: httpx.AsyncClient, *keys: str | bytes, **changes: object
) -> httpx.Response:
    headers = [(NAME.encode(), k.encode() if isinstance(k, str) else k) for k in keys]
    return await client.post("/api/v1/auth/register", json=BODY | changes, headers=headers)


async def test_the_same_again_is_201_with_the_user_and_new_tokens(
    client: httpx.AsyncClient,
) -> None:
    first, again = await register(client, KEY), await register(client, KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    one, two = first.json()["data"], again.json()["data"]
    assert one["user"] == two["user"]
    assert set(one) == set(two)
    assert all(one[name] != two[name] for name in ("token", "refresh_token"))
    for data in (one, two):
        bearer = {"Authorization": f"Bearer {data['token']}"}
        assert (await client.get("/api/v1/users/me", headers=bearer)).json()["data"] == {
            "user": one["user"]
        }


async def test_without_a_key_nothing_is_remembered(client: httpx.AsyncClient) -> None:
    first, again = await register(client), await register(client)

    assert (first.status_code, again.status_code) == (201, 409)
    assert "idempotency-replayed" not in first.headers


@pytest.mark.parametrize(
    "changes", [{"password": "Another-Horse-2"}, {"email": "bob@example.com"}, {"name": None}]
)
async def test_another_request_with_the_key_is_422(
    client: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    await register(client, KEY)

    answer = await register(client, KEY, **changes)

    assert answer.status_code == 422
    assert answer.json()["data"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert "idempotency-replayed" not in answer.headers


async def test_what_the_service_does_not_read_makes_no_other_request(
    client: httpx.AsyncClient,
) -> None:
    await register(client, KEY)

    answer = await client.post(
        "/api/v1/auth/register",
        content=b'{"unknown": 1, "name": "Ann", "password": "%b",  "email": "ann@example.com"}'
        % PASSWORD.encode(),
        headers={NAME: KEY, "Content-Type": "application/json"},
    )

    assert answer.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("first", "again"), [(KEY, f'"{KEY}"'), (f'"{KEY}"', KEY), (KEY, f" {KEY} ")]
)
async def test_quotes_and_outer_space_are_not_a_part_of_the_key(
    client: httpx.AsyncClient, first: str, again: str
) -> None:
    await register(client, first)

    assert (await register(client, again)).headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    "keys", [("",), ('""',), ("a b",), ("k" * 256,), ("ä".encode(),), ("a", "b"), ("a", "a")]
)
async def test_what_can_be_no_key_is_400_and_registers_nobody(
    client: httpx.AsyncClient, here: World, keys: tuple[str | bytes, ...]
) -> None:
    answer = await register(client, *keys)

    assert answer.status_code == 400
    assert answer.json()["data"]["code"] == "INVALID_INPUT"
    assert here.events == []


async def test_what_became_of_the_account_is_told_and_no_token_given(
    client: httpx.AsyncClient, here: World
) -> None:
    user_id = UUID((await register(client, KEY)).json()["data"]["user"]["id"])

    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=user_id))
    shut = await register(client, KEY)
    await here.do.close_account(CloseAccount(actor=OPERATOR, user_id=user_id))
    closed = await register(client, KEY)

    assert (shut.status_code, shut.json()["data"]["code"]) == (403, "USER_INACTIVE")
    assert (closed.status_code, closed.json()["data"]["code"]) == (404, "USER_NOT_FOUND")


def _described() -> Any:  # noqa: ANN401 - JSON
    described: Any = document(tuple(operations(create_app())))
    return described["paths"]["/api/v1/auth/register"]["post"]


def test_the_description_lists_the_header_and_that_of_the_answer() -> None:
    (parameter,) = _described()["parameters"]
    answers = _described()["responses"]

    assert (parameter["name"], parameter["in"], parameter["required"]) == (NAME, "header", False)
    assert (parameter["schema"]["minLength"], parameter["schema"]["maxLength"]) == (1, 255)
    assert "Idempotency-Replayed" in answers["201"]["headers"]
    assert "Idempotency-Replayed" not in answers["422"]["headers"]
    examples = answers["422"]["content"]["application/json"]["examples"]
    assert "IDEMPOTENCY_KEY_REUSED" in examples


def test_other_operations_have_no_such_header() -> None:
    described = [each for each in operations(create_app()) if each.header_parameters]

    assert [each.id for each in described] == ["register"]


async def test_the_page_shows_the_header(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text

    assert f'<h4>Headers</h4><table class="fields"><tbody><tr><th scope="row"><code>{NAME}' in page
