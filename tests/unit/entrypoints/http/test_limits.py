from typing import Any

import pytest

from application.invalid_settings import InvalidSettings
from application.limits.groups import DEFAULTS
from application.ports.rate_limiter import Limit
from entrypoints.http.app import create_app
from tests.unit.entrypoints.http.limited import LOGIN, ME, TOO_MANY, WRONG, open_scene, scene


async def test_a_success_says_what_is_left() -> None:
    async with scene() as here:
        answer = await here.send("GET", ME, headers=await here.token())

    assert answer.status_code == 200
    assert answer.headers["RateLimit-Policy"] == '"api";q=100;w=60, "api-user";q=100;w=60'
    assert answer.headers["RateLimit"] == '"api";r=99;t=60, "api-user";r=99;t=60'


async def test_one_call_too_many_is_refused_in_the_agreed_shape() -> None:
    async with open_scene(api=2) as here:
        headers = await here.token()
        await here.send("GET", ME, headers=headers)
        here.time.seconds += 12.5
        await here.send("GET", ME, headers=headers)

        answer = await here.send("GET", ME, headers=headers)

    assert answer.status_code == 429
    assert answer.json()["status"] == "fail"
    assert answer.json()["data"]["code"] == TOO_MANY
    assert answer.headers["Retry-After"] == "48"
    assert answer.headers["RateLimit"] == '"api";r=0;t=48, "api-user";r=0;t=48'
    assert answer.headers["RateLimit-Policy"] == '"api";q=2;w=60, "api-user";q=2;w=60'
    assert answer.headers["X-Request-ID"]


async def test_a_refusal_comes_as_a_problem_to_who_asks_for_one() -> None:
    async with open_scene(api=1) as here:
        wanted = {"Accept": "application/problem+json"}
        for path in ("/nowhere", ME):
            await here.send("GET", path)
            answer = await here.send("GET", path, headers=wanted)

            assert answer.headers["Content-Type"] == "application/problem+json"
            assert (answer.json()["status"], answer.json()["code"]) == (429, TOO_MANY)


async def test_who_waits_as_told_is_let_in_again() -> None:
    async with open_scene(api=1) as here:
        headers = await here.token()
        await here.send("GET", ME, headers=headers)
        refused = await here.send("GET", ME, headers=headers)
        here.time.seconds += int(refused.headers["Retry-After"])

        assert await here.statuses(2, "GET", ME, headers=headers) == [200, 429]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("DELETE", LOGIN, 405),
        ("GET", ME, 401),
        ("OPTIONS", "/docs", 204),
        ("GET", "/api/v1/auth/csrf", 401),
        ("POST", LOGIN, 422),
        ("POST", "/api/v1/auth/refresh", 401),
        ("GET", "/docs?a=%ff", 400),
    ],
)
async def test_whatever_is_asked_is_counted_by_address(method: str, path: str, status: int) -> None:
    async with open_scene(api=2) as here:
        body: dict[str, Any] = {"json": {}} if (method, path) == ("POST", LOGIN) else {}
        first = await here.send(method, path, **body)
        assert first.headers["RateLimit"] == '"api";r=1;t=60'

        assert await here.statuses(2, method, path, **body) == [status, 429]
        assert await here.statuses(1, "GET", "/nowhere") == [429]
        assert await here.statuses(1, method, path, address="192.0.2.2", **body) == [status]


async def test_what_verifiers_fetch_is_not_refused_for_other_calls_of_their_address() -> None:
    public = ("/.well-known/jwks.json", "/openapi.json", "/docs", "/docs/style.css")
    async with scene(api=Limit(1, 60), public=Limit(5, 60)) as here:
        assert await here.statuses(2, "GET", "/nowhere") == [404, 429]

        first = [await here.send("GET", path) for path in public]

        assert {answer.status_code for answer in first} == {200}
        assert first[-1].headers["RateLimit"] == '"public";r=1;t=60'
        assert await here.statuses(2, "GET", public[0]) == [200, 429]
        assert await here.statuses(1, "GET", public[0], address="192.0.2.2") == [200]


def test_the_default_lets_verifiers_fetch_keys_six_hundred_times_a_minute() -> None:
    assert DEFAULTS["public"] == Limit(600, 60)


async def test_a_refusal_of_what_no_route_answers_is_whole() -> None:
    async with open_scene(api=1) as here:
        for method in ("GET", "HEAD"):
            await here.send(method, "/nowhere")
            answer = await here.send(method, "/nowhere")

            assert answer.status_code == 429
            assert int(answer.headers["Retry-After"]) > 50
            assert answer.headers["RateLimit"] == '"api";r=0;t=60'
            assert answer.headers["X-Request-ID"]
            assert bool(answer.content) == (method == "GET")


async def test_a_wrong_token_costs_the_address_a_call() -> None:
    async with open_scene(api=3) as here:
        bad = {"Authorization": "Bearer nonsense"}

        assert await here.statuses(4, "GET", ME, headers=bad) == [401, 401, 401, 429]


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_probes_come_as_often_as_they_like(path: str) -> None:
    async with open_scene(api=1) as here:
        assert await here.statuses(5, "GET", path) == [200] * 5
        assert "RateLimit" not in (await here.send("GET", path)).headers
        assert await here.statuses(2, "GET", "/healthy") == [404, 429]


async def test_a_route_may_have_a_limit_of_its_own() -> None:
    limits = {
        **DEFAULTS,
        f"POST {LOGIN}": Limit(2, 60),
        f"GET {ME}": Limit(3, 10),
        "GET /docs": None,
        "GET /api/v1/users/{id}": Limit(1, 60),
    }
    async with scene(**limits) as here:
        await here.token()
        headers = await here.token("bob@example.com")

        assert await here.statuses(3, "POST", LOGIN, json=WRONG) == [401, 401, 429]
        answer = await here.send("GET", ME, headers=headers)
        assert answer.headers["RateLimit-Policy"] == (
            f'"GET {ME}";q=3;w=10, "GET {ME} by user";q=3;w=10'
        )
        assert await here.statuses(3, "GET", ME, headers=headers) == [200, 200, 429]
        assert await here.statuses(1, "PATCH", ME, headers=headers, json={}) == [200]
        assert await here.statuses(200, "GET", "/docs") == [200] * 200
        assert "RateLimit" not in (await here.send("GET", "/docs")).headers
        one = [
            (await here.send("GET", f"/api/v1/users/{each}", headers=headers)).status_code
            for each in ("018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41", "x")
        ]
        assert one == [403, 429]


async def test_a_head_request_is_counted_with_the_gets() -> None:
    async with scene(**{"GET /docs": Limit(1, 60)}) as here:
        assert await here.statuses(2, "HEAD", "/docs") == [200, 429]


async def test_limits_that_are_off_do_not_show() -> None:
    async with scene(api=None, api_user=None, register=None) as here:
        headers = await here.token()

        assert await here.statuses(150, "GET", ME, headers=headers) == [200] * 150
        assert "RateLimit" not in (await here.send("GET", ME, headers=headers)).headers


def test_a_limit_for_a_route_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidSettings) as caught:
        create_app(rate_limits={**DEFAULTS, "GET /nowhere": Limit(1, 1)})

    assert "no route GET /nowhere" in str(caught.value)
    assert "POST /api/v1/auth/login" in str(caught.value)


async def test_the_description_has_the_refusal_and_the_fields() -> None:
    async with scene() as here:
        document = (await here.send("GET", "/openapi.json")).json()

    operation = document["paths"][ME]["get"]["responses"]
    assert TOO_MANY in operation["429"]["content"]["application/json"]["examples"]
    assert "Retry-After" in operation["429"]["headers"]
    for answer in operation.values():
        assert {"RateLimit", "RateLimit-Policy"} <= answer["headers"].keys()
    assert "RateLimit" not in document["paths"]["/health"]["get"]["responses"]["200"]["headers"]
    assert {"RateLimit", "RateLimit-Policy"} <= document["components"]["headers"].keys()
