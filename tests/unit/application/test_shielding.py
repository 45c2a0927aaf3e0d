import asyncio
from asyncio import Event

import pytest

from application.commits import shield_to_completion


async def test_the_result_is_given() -> None:
    async def work() -> int:
        return 42

    assert await shield_to_completion(work()) == 42


async def test_an_error_is_raised() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await shield_to_completion(work())


@pytest.mark.parametrize("times", [1, 3])
async def test_a_cancelled_caller_waits_for_the_end(times: int) -> None:
    began, go_on = Event(), Event()
    heard: list[str] = []

    async def work() -> None:
        began.set()
        await go_on.wait()
        heard.append("done")

    async def caller() -> None:
        try:
            await shield_to_completion(work())
        finally:
            heard.append("left")

    task = asyncio.create_task(caller())
    await began.wait()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard == ["done", "left"]


async def test_an_error_after_a_cancellation_is_seen() -> None:
    began, go_on = Event(), Event()

    async def work() -> None:
        began.set()
        await go_on.wait()
        raise LookupError

    task = asyncio.create_task(shield_to_completion(work()))
    await began.wait()
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await task
