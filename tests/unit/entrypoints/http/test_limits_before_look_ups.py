"""Nothing is looked up for a request before it is counted, so a flood costs no queries."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from litestar.routes import HTTPRoute

from application.ports.rate_limiter import Limit
from application.session.authenticate import Authenticate
from application.session.log_out import LogOut
from entrypoints.http.app import create_app
from entrypoints.http.exchange import is_probe
from tests.unit.entrypoints.http.limited import LOGIN, ME, TOO_MANY, WRONG, Scene, scene
from tests.world import PASSWORD

ONE = Limit(1, 60)
BODY = WRONG | {"refresh_token": "a" * 43}


def every_route() -> Iterator[tuple[str, str]]:
    for route in create_app().routes:
        if isinstance(route, HTTPRoute) and not is_probe(route.path):
            for method in sorted(route.methods - {"OPTIONS"}):
                yield (
                    method,
                    route.path_format.replace("{id}", str(UUID(int=1))).replace("{role}", "admin"),
                )


ROUTES = list(every_route())


async def an_ended_session(here: Scene) -> str:
    tokens = (await here.here.register()).tokens
    assert tokens is not None
    query = Authenticate(access_token=tokens.access_token)
    await here.here.do.log_out(LogOut(actor=await here.here.do.authenticate(query)))
    return tokens.access_token


def test_every_kind_of_route_is_here() -> None:
    assert {("GET", ME), ("POST", LOGIN), ("GET", "/api/v1/auth/csrf")} <= set(ROUTES)
    assert len(ROUTES) > 20


@pytest.mark.parametrize("credentials", ["bearer", "cookie", "refresh cookie", "none"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_route_looks_anything_up_before_the_address_is_counted(
    method: str, path: str, credentials: str
) -> None:
    async with scene(api=ONE, api_user=None, register=ONE, public=ONE) as here:
        token = await an_ended_session(here)
        headers = {
            "bearer": {"Authorization": f"Bearer {token}"},
            "cookie": {"Cookie": f"__Host-access={token}"},
            "refresh cookie": {"Cookie": f"__Host-refresh={'a' * 43}"},
            "none": {},
        }[credentials]
        for use_up in ("/nowhere", "/.well-known/jwks.json"):
            await here.send("GET", use_up)
        await here.send("POST", "/api/v1/auth/register", json={})
        here.database.reached.clear()

        answer = await here.send(method, path, headers=headers, json=BODY)

        assert (answer.status_code, here.database.reached) == (429, [])


async def test_four_hundred_calls_with_an_ended_session_cost_a_hundred_queries() -> None:
    async with scene() as here:
        headers = {"Authorization": f"Bearer {await an_ended_session(here)}"}
        here.database.reached.clear()

        seen = await here.statuses(400, "GET", ME, headers=headers)

        assert seen == [401] * 100 + [429] * 300
        assert len(here.database.reached) == 100


async def test_an_ended_session_uses_up_nothing_of_its_user() -> None:
    async with scene(api=Limit(50, 60), api_user=Limit(2, 60)) as here:
        ended = {"Authorization": f"Bearer {await an_ended_session(here)}"}
        live = (await here.here.log_in()).tokens.access_token
        headers = {"Authorization": f"Bearer {live}"}

        assert await here.statuses(20, "GET", ME, headers=ended) == [401] * 20
        answer = await here.send("GET", ME, headers=headers)

        assert answer.status_code == 200
        assert answer.headers["RateLimit"] == '"api";r=29;t=60, "api-user";r=1;t=60'


async def test_an_address_with_too_many_failures_costs_no_query_and_no_audit_entry() -> None:
    async with scene() as here:
        await here.here.register()
        await here.statuses(10, "POST", LOGIN, json=WRONG)
        here.database.reached.clear()

        answer = await here.send("POST", LOGIN, json=WRONG | {"password": PASSWORD})

        assert answer.json()["data"]["code"] == TOO_MANY
        assert here.database.reached == []
