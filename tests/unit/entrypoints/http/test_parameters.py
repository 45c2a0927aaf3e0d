import httpx
import pytest


@pytest.mark.parametrize(
    "given", ["x", "1", "%00", "0" * 31, "00000000-0000-0000-0000-00000000000g"]
)
async def test_an_id_that_is_no_uuid_is_not_valid(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get(f"/api/v1/things/{given}")

    assert answer.status_code == 422
    assert answer.json()["data"]["errors"] == [{"field": "id", "message": "This must be a UUID."}]


async def test_a_uuid_arrives(client: httpx.AsyncClient) -> None:
    given = "018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41"

    answer = await client.get(f"/api/v1/things/{given}")

    assert answer.json()["data"] == given


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=many", "limit"), ("limit=0", "limit"), ("limit=101", "limit"), ("state=x", "state")],
)
async def test_a_wrong_query_parameter_is_named(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    answer = await client.get(f"/api/v1/things?{query}")

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["data"]["errors"]] == [field]


@pytest.mark.parametrize("query", ["%00=%00", "state=%00", "&&==&", "a[]=1", "a=%F0%9F%98%80"])
async def test_odd_queries_do_no_harm(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/v1/things?{query}")

    assert answer.status_code in {200, 422}


@pytest.mark.parametrize("query", ["state=%ff", "%ff", "unknown=%ED%A0%80", "a=%C0%AF&limit=1"])
async def test_a_query_that_is_no_text_is_invalid_input(
    client: httpx.AsyncClient, query: str
) -> None:
    answer = await client.get(f"/api/v1/things?{query}")

    assert answer.status_code == 400
    assert answer.json()["data"]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1&l%69mit=1", "a&a"])
async def test_a_parameter_that_is_given_twice_is_invalid_input(
    client: httpx.AsyncClient, query: str
) -> None:
    answer = await client.get(f"/api/v1/things?{query}")

    assert answer.status_code == 400
    assert answer.json()["data"]["code"] == "INVALID_INPUT"
