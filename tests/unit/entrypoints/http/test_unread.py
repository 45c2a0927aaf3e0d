"""A body that nobody read does not cost its sender the answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from entrypoints.http import exchange as http_exchange
from tests.unit.entrypoints.http.raw import exchange, statuses

START: Message = {"type": "http.response.start", "status": 405, "headers": []}
ANNOUNCED = (b"content-length", b"9")


async def answer(_: Scope, __: Receive, send: Send) -> None:
    await send(START)


async def fail(*_: object) -> None:
    raise LookupError


async def read_some(_: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send(START)


def pieces(*bodies: bytes, ends: bool = True) -> AsyncIterator[HTTPReceiveMessage]:
    async def each() -> AsyncIterator[HTTPReceiveMessage]:
        for number, body in enumerate(bodies, 1):
            more = number < len(bodies) or not ends
            yield {"type": "http.request", "body": body, "more_body": more}
        await asyncio.Event().wait()

    return each()


async def run(
    app: ASGIApp, body: AsyncIterator[HTTPReceiveMessage], *headers: tuple[bytes, bytes]
) -> tuple[int, list[int]]:
    """Give how many pieces were taken, and the status of the response."""
    taken = 0

    async def receive() -> HTTPReceiveMessage:
        nonlocal taken
        message = await anext(body)
        taken += 1
        return message

    sent = await exchange(app, receive, *headers, method="POST")
    return taken, statuses(sent)


@pytest.mark.parametrize("app", [answer, read_some])
async def test_it_is_let_pass_before_the_answer_begins(app: ASGIApp) -> None:
    assert await run(app, pieces(b"a", b"b", b"c"), ANNOUNCED) == (3, [405])


async def test_it_is_let_pass_before_an_error_goes_on() -> None:
    headers = (b"transfer-encoding", b"chunked")

    assert await run(fail, pieces(b"a", b"b"), headers) == (2, [500])


async def test_what_was_read_is_not_waited_for() -> None:
    assert await run(read_some, pieces(b"a"), ANNOUNCED) == (1, [405])


@pytest.mark.parametrize("headers", [(), (ANNOUNCED, (b"expect", b"100-continue"))])
async def test_nothing_is_read_where_nothing_has_begun(
    headers: tuple[tuple[bytes, bytes], ...],
) -> None:
    assert await run(answer, pieces(b"a"), *headers) == (0, [405])


async def test_whoever_announced_a_body_and_stops_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_exchange, "DISCARD_TIMEOUT", 0)

    assert await run(answer, pieces(b"a", ends=False), ANNOUNCED) == (1, [405])


async def test_a_caller_who_left_ends_it() -> None:
    async def gone() -> AsyncIterator[HTTPReceiveMessage]:
        yield {"type": "http.disconnect"}

    assert await run(answer, gone(), ANNOUNCED) == (1, [405])


async def test_there_is_an_end_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_exchange, "MAX_DISCARDED", 2)

    assert await run(answer, pieces(b"ab", b"c", b"d", b"e"), ANNOUNCED) == (2, [405])
