import asyncio
from asyncio import Event
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from application.actor import Account
from application.commits import shield_to_completion
from application.health.check_readiness import CheckReadiness, Readiness
from application.session.authenticate import Authenticate
from application.use_cases import UseCases
from domain.session.errors import SessionRevoked
from entrypoints.http.app import create_app
from entrypoints.http.in_flight import TICK
from tests.unit.entrypoints.http.raw import exchange, statuses
from tests.world import world

Act = Callable[..., Awaitable[None]]
Header = tuple[bytes, bytes]
BODY: Header = (b"content-length", b"3")


class Caller:
    """Sends its body when it is asked for it, and hangs up when it is told to."""

    def __init__(self, *body: bytes) -> None:
        self.body = list(body) or [b""]
        self.hang_up = Event()
        self.asked = 0

    async def receive(self) -> dict[str, object]:
        self.asked += 1
        if self.body:
            chunk = self.body.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(self.body)}
        await self.hang_up.wait()
        return {"type": "http.disconnect"}


async def run(app: Act, caller: Caller, *headers: Header, seconds: float | None = None) -> int:
    """Give the status of the response; 499 where there was none."""
    sent = await exchange(app, caller.receive, *headers, timeout=seconds)
    return next(iter(statuses(sent)), 499)


async def test_quick_work_is_left_alone() -> None:
    async def app(scope: object, receive: Act, send: Act) -> None:
        await receive()

    caller = Caller(b"abc")
    await run(app, caller, BODY, seconds=10)

    assert caller.asked == 1


async def test_work_ends_at_the_deadline() -> None:
    cancelled = Event()

    async def app(scope: object, receive: Act, send: Act) -> None:
        try:
            await Event().wait()
        finally:
            cancelled.set()

    assert await run(app, Caller(), seconds=0.01) == 504
    assert cancelled.is_set()


async def test_a_body_that_does_not_come_in_time_is_its_sender_s_affair() -> None:
    async def app(
        _: object, receive: Callable[[], Awaitable[dict[str, object]]], send: Act
    ) -> None:
        while (await receive())["more_body"]:
            pass

    class Slow(Caller):
        async def receive(self) -> dict[str, object]:
            message = await super().receive()
            return message | {"more_body": True}

    assert await run(app, Slow(b"a"), BODY, seconds=0.01) == 408


async def test_work_that_takes_too_long_after_its_body_is_ours() -> None:
    async def app(scope: object, receive: Act, send: Act) -> None:
        await receive()
        await Event().wait()

    assert await run(app, Caller(b"abc"), BODY, seconds=0.01) == 504


async def test_a_timeout_of_the_work_itself_is_its_own() -> None:
    async def app(scope: object, receive: Act, send: Act) -> None:
        raise TimeoutError("mine")

    assert await run(app, Caller(), seconds=10) == 500


@pytest.mark.parametrize("headers", [(), (BODY,)], ids=["without a body", "with a body"])
async def test_work_ends_when_the_caller_hangs_up(headers: tuple[Header, ...]) -> None:
    caller = Caller(b"a", b"bc") if headers else Caller()
    working, cancelled = Event(), Event()

    async def app(
        _: object, receive: Callable[[], Awaitable[dict[str, object]]], send: Act
    ) -> None:
        if headers:
            while (await receive())["more_body"]:
                pass
        working.set()
        try:
            await Event().wait()
        finally:
            cancelled.set()

    task = asyncio.create_task(run(app, caller, *headers))
    await working.wait()
    caller.hang_up.set()

    assert await asyncio.wait_for(task, 5) == 499
    assert cancelled.is_set()


async def test_what_must_be_finished_is_finished_first() -> None:
    caller, working, go_on = Caller(), Event(), Event()
    heard: list[str] = []

    async def commit() -> None:
        working.set()
        await go_on.wait()
        heard.append("committed")

    async def app(scope: object, receive: Act, send: Act) -> None:
        try:
            await shield_to_completion(commit())
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    task = asyncio.create_task(run(app, caller))
    await working.wait()
    caller.hang_up.set()
    # The watch looks only after its patience; a commit that ended sooner would prove nothing.
    await asyncio.sleep(2 * TICK)
    assert not task.done()
    go_on.set()

    assert await asyncio.wait_for(task, 5) == 499
    assert heard == ["committed", "cancelled"]


@pytest.mark.parametrize("seconds", [10, TICK], ids=["unwatched", "watched"])
async def test_a_cancellation_from_elsewhere_passes_through(seconds: float) -> None:
    working = Event()

    async def app(scope: object, receive: Act, send: Act) -> None:
        working.set()
        await Event().wait()

    task = asyncio.create_task(run(app, Caller(), seconds=seconds))
    await working.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_request_that_takes_too_long_gets_504_in_the_agreed_shape() -> None:
    async def forever(_: CheckReadiness) -> Readiness:
        await Event().wait()
        raise AssertionError

    async with world() as here:
        use_cases = UseCases(
            **{name: getattr(here.do, name) for name in here.do.__slots__}
            | {"check_readiness": forever}
        )
        app = create_app(use_cases, request_timeout=timedelta(milliseconds=20))
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type] # Litestar's own ASGI types
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/health/ready", headers={"X-Request-ID": "mine"})

    assert answer.status_code == 504
    assert answer.headers["X-Request-ID"] == "mine"
    assert answer.json()["data"] == {"code": "REQUEST_TIMEOUT", "request_id": "mine"}


async def test_a_refusal_that_comes_late_is_told_even_though_the_watch_read_the_body() -> None:
    async def refuse_slowly(_: Authenticate) -> Account:
        await asyncio.sleep(2 * TICK)
        raise SessionRevoked

    async with world() as here:
        use_cases = replace(here.do, authenticate=refuse_slowly)
        app = create_app(use_cases, request_timeout=timedelta(seconds=2))
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type] # Litestar's own ASGI types
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/api/v1/users/me", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 401
