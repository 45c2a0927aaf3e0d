"""Registrations with one key at once, on two services that share a database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest

import containers
from application.settings import DatabaseSettings
from entrypoints.http.app import create_app
from tests.integration.migrations.snapshots import rows_of
from tests.world import SETTINGS

BODY = {"email": "ann@example.com", "password": "Correct-Horse-1"}
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.fixture(params=["migrated_sqlite_url", "migrated_postgres_url"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def clients(url: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    settings = replace(
        SETTINGS,
        database=DatabaseSettings(url=url, is_default=False),
        passwords=replace(SETTINGS.passwords, hasher="argon2id://?m=8&t=1&p=1"),
    )
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(2):
            use_cases = await stack.enter_async_context(containers.running(settings))
            transport = httpx.ASGITransport(create_app(use_cases))  # type: ignore[arg-type] # Litestar's own ASGI types
            client = httpx.AsyncClient(transport=transport, base_url="http://test")
            clients.append(await stack.enter_async_context(client))
        yield clients


async def register(
    clients: list[httpx.AsyncClient], bodies: Iterable[dict[str, str]]
) -> list[httpx.Response]:
    """Send them all at once, to one service and the other in turn."""
    return await asyncio.gather(
        *(
            clients[number % 2].post("/api/v1/auth/register", json=body, headers=KEY)
            for number, body in enumerate(bodies)
        )
    )


def counts(url: str) -> tuple[object, ...]:
    (found,) = rows_of(
        url,
        "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM sessions),"
        " (SELECT count(*) FROM idempotency_records)",
    )
    return found


async def test_twenty_of_one_request_make_one_account_and_all_get_it(
    clients: list[httpx.AsyncClient], url: str
) -> None:
    answers = await register(clients, [BODY] * 20)

    assert Counter(answer.status_code for answer in answers) == {201: 20}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len({answer.json()["data"]["user"]["id"] for answer in answers}) == 1
    assert len({answer.json()["data"]["refresh_token"] for answer in answers}) == 20
    assert counts(url) == (1, 20, 1)


async def test_of_twenty_different_requests_one_gets_the_key(
    clients: list[httpx.AsyncClient], url: str
) -> None:
    answers = await register(
        clients, [BODY | {"email": f"{number}@example.com"} for number in range(20)]
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 19}
    refused = {a.json()["data"]["code"] for a in answers if a.status_code == 422}
    assert refused == {"IDEMPOTENCY_KEY_REUSED"}
    assert counts(url) == (1, 1, 1)


async def test_nothing_that_was_sent_is_kept_with_the_key(
    clients: list[httpx.AsyncClient], url: str
) -> None:
    await register(clients, [BODY])

    ((digest, fingerprint),) = rows_of(url, "SELECT digest, fingerprint FROM idempotency_records")
    assert isinstance(digest, bytes)
    assert isinstance(fingerprint, bytes)
    assert (len(digest), len(fingerprint)) == (32, 32)
