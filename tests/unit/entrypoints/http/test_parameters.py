import httpx
import pytest

from entrypoints.http.app import create_app
from tests.unit.entrypoints.http.conftest import call
from tests.world import world


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


async def test_the_text_null_leaves_no_filter_out() -> None:
    async with world() as here, call(create_app(here.do)) as client:
        admin = await here.admin()
        token = (await here.log_in("admin@example.com")).tokens.access_token
        client.headers["Authorization"] = f"Bearer {token}"
        for name in ("limit", "user_id", "type", "since", "until"):
            for given in ("null", "NULL", "n%75ll", ""):
                answer = await client.get(f"/api/v1/audit?{name}={given}")

                assert answer.status_code == 422, (name, given)
                assert [error["field"] for error in answer.json()["data"]["errors"]] == [name]
        assert (await client.get(f"/api/v1/audit?user_id={admin.user_id}")).status_code == 200


async def test_null_is_a_text_like_others_where_text_is_asked_for() -> None:
    async with world() as here, call(create_app(here.do)) as client:
        await here.admin("null@example.com")
        token = (await here.log_in("null@example.com")).tokens.access_token
        client.headers["Authorization"] = f"Bearer {token}"

        answer = await client.get("/api/v1/users?email_prefix=null")

    assert [user["email"] for user in answer.json()["data"]["users"]] == ["null@example.com"]
