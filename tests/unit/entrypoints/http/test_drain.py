import asyncio
import signal

import httpx
import pytest

from entrypoints.http.app import HttpApi
from entrypoints.http.in_flight import Drain
from entrypoints.http.middleware import ExchangeMiddleware
from entrypoints.http.server.supervisor import ShutdownLevel, ShutdownRequest
from tests.unit.entrypoints.http.conftest import World, call, failing_check


@pytest.fixture
def drain(app: HttpApi) -> Drain:
    drain = app.state.drain
    assert isinstance(drain, Drain)
    return drain


ROUTES = [
    ("GET", "/health", 200),
    ("GET", "/health/live", 200),
    ("HEAD", "/health", 200),
    ("GET", "/nowhere", 404),
    ("POST", "/api/v1/things", 400),
    ("GET", "/api/v1/failing", 500),
    ("GET", "/health?%ff", 400),
]


@pytest.mark.parametrize(("method", "path", "status"), ROUTES)
async def test_every_answer_of_a_drain_closes_its_connection(
    client: httpx.AsyncClient, drain: Drain, method: str, path: str, status: int
) -> None:
    before = await client.request(method, path)
    drain.begin()
    during = await client.request(method, path)

    assert (before.status_code, during.status_code) == (status, status)
    assert "connection" not in before.headers
    assert during.headers.get_list("connection") == ["close"]


async def test_the_answer_to_a_call_that_came_before_the_drain_closes_too() -> None:
    drain = Drain()

    async def app(_scope: object, _receive: object, send: object) -> None:
        drain.begin()
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]  # a Send
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]  # as above

    async with call(ExchangeMiddleware(app, drain=drain)) as client:
        assert (await client.get("/")).headers["connection"] == "close"


@pytest.mark.parametrize("is_required", [True, False])
async def test_nothing_is_ready_in_a_drain(
    client: httpx.AsyncClient, world: World, drain: Drain, is_required: bool
) -> None:
    world.readiness = failing_check(is_required=is_required)
    drain.begin()

    answer = await client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["status"] == "draining"
    assert answer.headers["retry-after"] == "1"


async def test_what_is_at_work_can_be_cut_off_and_nothing_else() -> None:
    drain, began = Drain(), asyncio.Event()

    async def app(*_: object) -> None:
        began.set()
        await asyncio.Event().wait()

    async with call(ExchangeMiddleware(app, drain=drain)) as client:
        request = asyncio.create_task(client.get("/"))
        bystander = asyncio.create_task(asyncio.sleep(0.01))
        await began.wait()

        drain.cut()

        with pytest.raises(AssertionError):  # the transport misses an answer
            await request
        await bystander


async def test_a_call_that_is_over_is_forgotten(client: httpx.AsyncClient, drain: Drain) -> None:
    await client.get("/health")
    await client.get("/api/v1/failing")

    assert drain.seen == 2
    # It would cancel this very test, which made the calls.
    drain.cut()
    await asyncio.sleep(0)


TERM, INT = signal.SIGTERM, signal.SIGINT


@pytest.mark.parametrize(
    ("heard", "urgency"),
    [
        ([], ShutdownLevel.NONE),
        ([(TERM, 0)], ShutdownLevel.DRAIN),
        ([(INT, 0)], ShutdownLevel.FINISH),
        ([(TERM, 0), (TERM, 0.4)], ShutdownLevel.DRAIN),
        ([(TERM, 0), (TERM, 0.4), (TERM, 0.8)], ShutdownLevel.DRAIN),
        ([(TERM, 0), (TERM, 1)], ShutdownLevel.FINISH),
        ([(TERM, 0), (INT, 0.1)], ShutdownLevel.FINISH),
        ([(INT, 0), (INT, 0.1)], ShutdownLevel.FINISH),
        ([(INT, 0), (INT, 1)], ShutdownLevel.KILL),
        ([(INT, 0), (TERM, 1)], ShutdownLevel.KILL),
        ([(TERM, 0), (TERM, 1), (TERM, 2), (TERM, 3)], ShutdownLevel.KILL),
    ],
)
def test_each_signal_is_more_urgent_than_the_last_but_for_its_echo(
    heard: list[tuple[int, float]], urgency: ShutdownLevel
) -> None:
    wish = ShutdownRequest()

    for number, now in heard:
        wish.handle(number, now)

    assert wish.level is urgency
