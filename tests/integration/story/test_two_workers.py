"""What a client must not notice: that the server is two processes, which share a database."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from tests.integration.processes import PATIENCE, Server, serving

VARIABLES = {
    "APP_ENV": "test",
    "ROLES": "admin,editor",
    "HTTP_WORKERS": "2",
    "DRAIN_DELAY": "0s",
    "JWT_SECRET": "a secret for tests only, of enough bytes",
    "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
    "RATE_LIMIT_URL": "none://",
}
ANN = {"email": "ann@example.com", "password": "Correct-Horse-1"}
MANY = 50
TRUST = 1.0
"""Seconds for which a process relies on what it has read of a session, at most."""


@pytest.fixture(params=["migrated_sqlite_url", "migrated_postgres_url"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    url = request.getfixturevalue(request.param)
    with serving(tmp_path, VARIABLES | {"DATABASE_URL": url}) as server:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Connects anew for each request, so that both processes get some of many."""
    async with httpx.AsyncClient(
        base_url=f"{server.url}/api/v1",
        timeout=PATIENCE,
        limits=httpx.Limits(max_keepalive_connections=0),
    ) as client:
        yield client


async def test_two_processes_act_as_one(client: httpx.AsyncClient) -> None:
    registered = await client.post("/auth/register", json=ANN)
    first = registered.json()["data"]["refresh_token"]

    given = await _refresh(client, [first] * MANY)
    again = await _refresh(client, [pair["refresh_token"] for pair in given])

    access_tokens = [pair["token"] for pair in [*given, *again]]
    assert await _ask(client, access_tokens) == [200] * 2 * MANY

    # Either process has seen the session live, just now.
    ended = await client.post("/auth/logout", headers=_bearer(access_tokens[0]))
    ended_at = time.monotonic()
    assert ended.status_code == 200
    while time.monotonic() < ended_at + TRUST:
        assert set(await _ask(client, access_tokens[:4])) <= {200, 401}
    assert await _ask(client, access_tokens) == [401] * 2 * MANY


async def _refresh(client: httpx.AsyncClient, tokens: Sequence[str]) -> list[dict[str, str]]:
    """Exchange them all at once."""
    answers = await asyncio.gather(
        *(client.post("/auth/refresh", json={"refresh_token": token}) for token in tokens)
    )
    assert [answer.status_code for answer in answers] == [200] * len(tokens)
    return [answer.json()["data"] for answer in answers]


async def _ask(client: httpx.AsyncClient, tokens: Sequence[str]) -> list[int]:
    """Tell with which status each access token is answered, all of them used at once."""
    answers = await asyncio.gather(
        *(client.get("/users/me", headers=_bearer(token)) for token in tokens)
    )
    return [answer.status_code for answer in answers]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
