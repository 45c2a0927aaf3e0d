import httpx
import pytest

from tests.unit.entrypoints.http.conftest import ACCOUNT, World

THING = {"name": "a", "count": 1}


async def call(client: httpx.AsyncClient, authorization: str | None) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return await client.post("/api/v1/own-things", json=THING, headers=headers)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
async def test_a_token_tells_the_route_who_asks(
    client: httpx.AsyncClient, world: World, scheme: str
) -> None:
    answer = await call(client, f"{scheme} a.b-c_d~e+f/g==")

    assert answer.json()["data"] == f"a of {ACCOUNT.user_id}"
    assert world.asked == ["a.b-c_d~e+f/g=="]


@pytest.mark.parametrize("authorization", [None, "", "Basic dTpw", "Token x", "Bearertoken"])
async def test_without_a_token_the_challenge_says_no_more(
    client: httpx.AsyncClient, authorization: str | None
) -> None:
    answer = await call(client, authorization)

    assert answer.status_code == 401
    assert answer.json()["data"]["code"] == "AUTH_UNAUTHORIZED"
    assert answer.headers["www-authenticate"] == 'Bearer realm="armature"'


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer a b", "Bearer ä", 'Bearer "x"'])
async def test_what_can_be_no_token_is_asked_of_nobody(
    client: httpx.AsyncClient, world: World, authorization: str
) -> None:
    answer = await client.post(
        "/api/v1/own-things", json=THING, headers={b"Authorization": authorization.encode()}
    )

    assert answer.status_code == 401
    assert answer.json()["data"]["code"] == "AUTH_TOKEN_INVALID"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert not world.asked


async def test_a_token_that_is_not_accepted_is_told_why(client: httpx.AsyncClient) -> None:
    answer = await call(client, "Bearer expired")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="armature", error="invalid_token", error_description="The token has expired."'
    )


async def test_the_body_is_looked_at_after_the_token(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/own-things", content=b"{", headers={})

    assert answer.status_code == 401
