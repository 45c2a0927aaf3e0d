"""Many at once, and a server that is killed among them."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx

from tests.integration.bad_input.answers import refused
from tests.integration.bad_input.conftest import VARIABLES
from tests.integration.bad_input.database import addresses, is_sound, rows
from tests.integration.processes import PATIENCE, Server, serving

REGISTER = "/api/v1/auth/register"
PASSWORD = "Correct-Horse-1"
WORKERS = 8


def test_of_twenty_who_take_one_address_at_once_one_gets_it(server: Server, database: str) -> None:
    async def race() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE) as client:
            bodies = [
                {"email": address, "password": PASSWORD}
                for address in ("ann@example.com", "Ann@Example.com") * 10
            ]
            return await asyncio.gather(*(client.post(REGISTER, json=body) for body in bodies))

    before = rows(database)
    answers = asyncio.run(race())

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "USER_ALREADY_EXISTS")
    assert rows(database) == tuple(count + 1 for count in before)


def test_what_was_acknowledged_outlives_a_server_that_is_killed(
    tmp_path: Path, migrated_sqlite_url: str
) -> None:
    variables = VARIABLES | {"DATABASE_URL": migrated_sqlite_url}
    acknowledged: set[str] = set()

    async def register_until_it_is_gone(server: Server, worker: int) -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE) as client:
            for number in range(1000):
                email = f"{worker}-{number}@example.com"
                try:
                    answer = await client.post(
                        REGISTER, json={"email": email, "password": PASSWORD}
                    )
                except httpx.TransportError:
                    return
                assert answer.status_code == 201
                acknowledged.add(email)
                if len(acknowledged) == 40:
                    server.kill()

    async def register(server: Server) -> None:
        await asyncio.gather(
            *(register_until_it_is_gone(server, worker) for worker in range(WORKERS))
        )

    with serving(tmp_path, variables) as server:
        asyncio.run(register(server))

    assert len(acknowledged) >= 40
    kept = addresses(migrated_sqlite_url)
    assert acknowledged <= kept
    assert len(kept) <= len(acknowledged) + WORKERS
    assert is_sound(migrated_sqlite_url)
    # A user and their first session are one write.
    assert len({*rows(migrated_sqlite_url)}) == 1
    with serving(tmp_path, variables) as server:
        body = {"email": max(acknowledged), "password": PASSWORD}
        assert httpx.post(f"{server.url}/api/v1/auth/login", json=body).status_code == 200
        assert httpx.post(f"{server.url}{REGISTER}", json=body).status_code == 409
        code, said = server.stop()
    assert code == 0
    assert "Traceback" not in said
