from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from domain.signing.key import Algorithm
from domain.signing.key_set import LEAD
from entrypoints.http.app import create_app
from tests.unit.adapters.jwt.keyring import jwk, public, write
from tests.unit.entrypoints.http.conftest import call
from tests.world import SETTINGS, world

PATH = "/.well-known/jwks.json"
KEYS = [{**jwk(algorithm), "added_at": 1, "x5t": "private"} for algorithm in Algorithm]


@pytest.fixture
async def with_keys(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    path = write(tmp_path / "keys.json", *KEYS)
    settings = replace(SETTINGS, tokens=replace(SETTINGS.tokens, keys=str(path)))
    async with world(settings) as here, call(create_app(here.do)) as client:
        yield client


async def test_anybody_is_given_the_public_keys(with_keys: httpx.AsyncClient) -> None:
    answer = await with_keys.get(PATH)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert answer.json() == {"keys": [public(jwk(algorithm)) for algorithm in Algorithm]}


async def test_the_answer_may_be_kept_for_less_than_a_new_key_waits(
    with_keys: httpx.AsyncClient,
) -> None:
    answer = await with_keys.get(PATH)

    kind, _, seconds = answer.headers["cache-control"].partition(", max-age=")
    assert kind == "public"
    assert 0 < int(seconds) <= LEAD.total_seconds() / 2


async def test_with_a_secret_there_is_nothing_to_publish() -> None:
    async with world() as here, call(create_app(here.do)) as client:
        answer = await client.get(PATH)

    assert answer.status_code == 200
    assert answer.json() == {"keys": []}


async def test_the_description_names_the_media_type(with_keys: httpx.AsyncClient) -> None:
    described = (await with_keys.get("/openapi.json")).json()["paths"][PATH]["get"]

    assert described["security"] == []
    assert list(described["responses"]["200"]["content"]) == ["application/jwk-set+json"]
    assert "Cache-Control" in described["responses"]["200"]["headers"]


async def test_whoever_logs_in_is_known_by_a_token_that_these_keys_verify(tmp_path: Path) -> None:
    path = write(tmp_path / "keys.json", jwk())
    settings = replace(SETTINGS, tokens=replace(SETTINGS.tokens, keys=str(path)))
    async with world(settings) as here, call(create_app(here.do)) as client:
        registered = await here.register()
        assert registered.tokens is not None
        bearer = {"Authorization": f"Bearer {registered.tokens.access_token}"}
        answer = await client.get("/api/v1/users/me", headers=bearer)

    assert answer.status_code == 200
