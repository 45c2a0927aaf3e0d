import httpx

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
