"""Limits that hold for two processes together, whatever a caller claims to be."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.processes import PATIENCE, Server, armature, free_port, serving

LIMIT = 7
MANY = 40
IN_FLIGHT = 20
VARIABLES = {
    "APP_ENV": "test",
    "HTTP_WORKERS": "2",
    "DRAIN_DELAY": "0s",
    "JWT_SECRET": "a secret for tests only, of enough bytes",
    "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
    "RATE_LIMITS": f"auth={LIMIT}/1h,GET /api/v1/users/me={LIMIT}/1h,login-account=off",
}
ANN = {"email": "ann@example.com", "password": "Correct-Horse-1"}
WRONG = ANN | {"password": "Wrong-Horse-1"}


@pytest.fixture
def server(migrated_sqlite_url: str, redis_url: str, tmp_path: Path) -> Iterator[Server]:
    variables = VARIABLES | {"DATABASE_URL": migrated_sqlite_url, "REDIS_URL": redis_url}
    with serving(tmp_path, variables) as server:
        yield server


async def test_two_processes_allow_exactly_the_limit_under_a_burst(server: Server) -> None:
    async with httpx.AsyncClient(
        base_url=f"{server.url}/api/v1",
        timeout=PATIENCE,
        # A connection for each request, so that both processes get some of many.
        limits=httpx.Limits(max_keepalive_connections=0),
    ) as client:
        registered = await client.post("/auth/register", json=ANN)
        token = registered.json()["data"]["token"]

        logged_in = await asyncio.gather(
            *(
                client.post("/auth/login", json=WRONG, headers=_claims(number))
                for number in range(MANY)
            )
        )
        read = await asyncio.gather(
            *(
                client.get("/users/me", headers={"Authorization": f"Bearer {token}"})
                for _ in range(MANY)
            )
        )

        # As many as the limit, and those that were in flight when it was reached.
        guessed = Counter(answer.status_code for answer in logged_in)
        assert LIMIT <= guessed[401] <= LIMIT + IN_FLIGHT
        assert guessed[429] == MANY - guessed[401]
        assert (await client.post("/auth/login", json=ANN)).status_code == 429
        assert Counter(answer.status_code for answer in read) == {200: LIMIT, 429: MANY - LIMIT}
        left = sorted(answer.headers["RateLimit"] for answer in read if answer.is_success)
        assert [each.partition(";")[2].partition(";")[0] for each in left] == [
            f"r={number}" for number in range(LIMIT)
        ]
        assert await _healthy(client) == {200}


def test_a_limit_for_a_route_that_there_is_not_is_a_problem_of_the_configuration(
    tmp_path: Path,
) -> None:
    wrong = {"APP_ENV": "test", "RATE_LIMITS": "GET /nowhere=1/1s"}
    wrong["HTTP_PORT"] = str(free_port())
    for command in (["config", "check"], ["serve"]):
        code, _, said = armature(tmp_path, command, **wrong)

        assert code == 4, command
        assert "RATE_LIMITS: there is no route GET /nowhere." in said


def _claims(number: int) -> dict[str, str]:
    """Give what could make a caller look like another each time."""
    return {
        "X-Forwarded-For": f"203.0.113.{number}, 198.51.100.{number}",
        "Forwarded": f"for=203.0.113.{number}",
        "X-Real-IP": f"203.0.113.{number}",
        "X-Client-IP": f"203.0.113.{number}",
        "User-Agent": f"agent {number}",
    }


async def _healthy(client: httpx.AsyncClient) -> set[int]:
    url = str(client.base_url).replace("/api/v1/", "/health")
    answers = await asyncio.gather(*(client.get(url) for _ in range(MANY)))
    return {answer.status_code for answer in answers}
