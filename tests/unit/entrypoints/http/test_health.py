import asyncio
import logging

import httpx
import pytest

from application.health.check_readiness import CheckReadiness, Readiness
from entrypoints.http.app import HttpApi
from entrypoints.http.readiness import SharedReadiness
from tests.unit.entrypoints.http.conftest import World, failing_check


async def test_health_is_bare(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})


async def test_live_asks_no_dependency(client: httpx.AsyncClient, world: World) -> None:
    world.readiness = failing_check(is_required=True)

    assert (await client.get("/health/live")).status_code == 200


async def test_ready_is_503_when_something_needed_is_down(
    client: httpx.AsyncClient, world: World
) -> None:
    world.readiness = failing_check(is_required=True)

    answer = await client.get("/health/ready")

    assert answer.status_code == 503
    body = answer.json()
    assert body.pop("version")
    check = {"name": "cache", "state": "down", "required": True, "latency_ms": 1.5}
    assert body == {"status": "not_ready", "checks": [check]}


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.0.2.1", {}),
        ("::2", {}),
        ("10.0.0.1", {"Host": "localhost"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
    ],
)
async def test_strangers_and_callers_through_a_proxy_see_the_state_alone(
    app: HttpApi, world: World, address: str, headers: dict[str, str]
) -> None:
    world.readiness = failing_check(is_required=True)
    transport = httpx.ASGITransport(app, client=(address, 1))  # type: ignore[arg-type] # Litestar's own ASGI types
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        answer = await client.get("/health/ready", headers=headers)

    assert (answer.status_code, answer.json()) == (503, {"status": "not_ready"})


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
async def test_callers_on_the_machine_itself_see_what_is_down(
    app: HttpApi, world: World, address: str
) -> None:
    world.readiness = failing_check(is_required=True)
    transport = httpx.ASGITransport(app, client=(address, 1))  # type: ignore[arg-type] # as above
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        assert (await client.get("/health/ready")).json()["checks"][0]["name"] == "cache"


async def test_eighty_callers_at_once_are_one_check_and_so_is_whoever_asks_within_a_second() -> (
    None
):
    seconds, checks, may_end = 100.0, 0, asyncio.Event()

    async def check(_: CheckReadiness) -> Readiness:
        nonlocal checks
        checks += 1
        await may_end.wait()
        return Readiness(())

    shared = SharedReadiness(monotonic=lambda: seconds)
    callers = [asyncio.create_task(shared.ask(check)) for _ in range(80)]
    await asyncio.sleep(0)
    callers[0].cancel()
    may_end.set()
    answers = await asyncio.gather(*callers, return_exceptions=True)

    assert checks == 1
    assert answers[1:] == [Readiness(())] * 79
    seconds += 0.99
    await shared.ask(check)
    assert checks == 1
    seconds += 0.02
    await shared.ask(check)
    assert checks == 2


async def test_what_is_down_is_logged_by_name_once_and_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "armature.http")
    seconds, down = iter(range(0, 100, 2)), failing_check(is_required=True)
    answers = iter((Readiness(()), down, down, down, Readiness(())))

    async def check(_: CheckReadiness) -> Readiness:
        return next(answers)

    shared = SharedReadiness(monotonic=lambda: next(seconds))
    for _ in range(5):
        await shared.ask(check)

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.messages[0] == "Readiness: cache down (1.5 ms)"


async def test_ready_is_200_when_only_something_optional_is_down(
    client: httpx.AsyncClient, world: World
) -> None:
    world.readiness = failing_check(is_required=False)

    answer = await client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"


async def test_head_is_get_without_the_body(client: httpx.AsyncClient) -> None:
    whole, head = await client.get("/health"), await client.head("/health")

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))


async def test_head_is_refused_where_get_is(client: httpx.AsyncClient) -> None:
    answer = await client.head("/api/v1/own-things")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "OPTIONS, POST"
    assert answer.content == b""


async def test_options_lists_the_methods(client: httpx.AsyncClient) -> None:
    answer = await client.options("/api/v1/things")

    assert answer.status_code == 204
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
