import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from entrypoints.cli.daemon_thread_loop import run

PATIENCE = 5.0
"""Seconds, so that a loop that waits fails and does not hang."""


def test_a_thread_that_hangs_holds_up_nobody() -> None:
    begun, over, ended = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        over.wait(PATIENCE)
        ended.set()

    async def give_up() -> str:
        hanging = asyncio.ensure_future(asyncio.to_thread(hang))
        await asyncio.to_thread(begun.wait)
        hanging.cancel()
        return "given up"

    try:
        assert run(give_up()) == "given up"
        assert not ended.is_set()
    finally:
        over.set()


def test_threads_give_what_they_found_and_raise_what_they_met() -> None:
    def fail() -> None:
        raise LookupError("no such name")

    async def both() -> tuple[int, int]:
        with pytest.raises(LookupError, match="no such name"):
            await asyncio.to_thread(fail)
        with ThreadPoolExecutor() as own:
            loop = asyncio.get_running_loop()
            return await asyncio.to_thread(int, "7"), await loop.run_in_executor(own, int, "8")

    assert run(both()) == (7, 8)


def test_names_are_looked_up_there() -> None:
    async def look_up() -> int:
        return len(await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80))

    assert run(look_up()) > 0
