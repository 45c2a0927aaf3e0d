import asyncio
import threading
from collections.abc import Iterator

import pytest
from argon2.low_level import Type

from adapters.argon2 import hasher as module
from adapters.argon2.hasher import Argon2Hasher
from adapters.argon2.parameters import Parameters
from application.errors import DependencyUnavailable
from tests.unit.contracts.password_hasher import PASSWORD

CHEAP = Parameters(memory=16, time=1)


class Gate:
    """Holds every verification until it is opened, and counts those that began."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.opened = threading.Event()
        self.count = 0

    def __call__(self, encoded: bytes, secret: bytes, kind: Type) -> bool:
        self.count += 1
        self.began.release()
        assert self.opened.wait(10)
        return True


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(module, "verify_secret", gate)
    yield gate
    gate.opened.set()


async def test_past_the_queue_a_caller_is_refused_at_once(gate: Gate) -> None:
    hasher = Argon2Hasher(CHEAP, threads=1, queue=2)
    await hasher.open()
    calls = [asyncio.create_task(hasher.verify(PASSWORD, None)) for _ in range(3)]
    await asyncio.to_thread(gate.began.acquire)

    with pytest.raises(DependencyUnavailable) as caught:
        await hasher.verify(PASSWORD, None)

    assert caught.value.retry_after > 0
    assert caught.value.context["reason"] == "queue full"
    gate.opened.set()
    assert await asyncio.gather(*calls) == [False] * 3
    assert await hasher.verify(PASSWORD, None) is False
    await hasher.close()


async def test_a_caller_that_is_cancelled_while_waiting_frees_its_place(gate: Gate) -> None:
    hasher = Argon2Hasher(CHEAP, threads=1, queue=1)
    await hasher.open()
    running = asyncio.create_task(hasher.verify(PASSWORD, None))
    await asyncio.to_thread(gate.began.acquire)
    for _ in range(20):
        waiting = asyncio.create_task(hasher.verify(PASSWORD, None))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    last = asyncio.create_task(hasher.verify(PASSWORD, None))
    await asyncio.sleep(0)
    gate.opened.set()

    assert [await running, await last] == [False, False]
    assert gate.count == 2
    await hasher.close()


async def test_a_caller_that_is_cancelled_while_its_hash_runs_keeps_the_thread_counted(
    gate: Gate,
) -> None:
    hasher = Argon2Hasher(CHEAP, threads=1, queue=0)
    await hasher.open()
    running = asyncio.create_task(hasher.verify(PASSWORD, None))
    await asyncio.to_thread(gate.began.acquire)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    with pytest.raises(DependencyUnavailable):
        await hasher.verify(PASSWORD, None)

    gate.opened.set()
    await hasher.close()


async def test_the_event_loop_goes_on_while_passwords_are_hashed(gate: Gate) -> None:
    hasher = Argon2Hasher(CHEAP, threads=1, queue=0)
    await hasher.open()
    running = asyncio.create_task(hasher.verify(PASSWORD, None))
    await asyncio.to_thread(gate.began.acquire)

    assert not running.done()
    gate.opened.set()
    await running
    await hasher.close()


async def test_closing_serves_who_waits_and_refuses_who_comes(gate: Gate) -> None:
    hasher = Argon2Hasher(CHEAP, threads=1, queue=1)
    await hasher.open()
    calls = [asyncio.create_task(hasher.verify(PASSWORD, None)) for _ in range(2)]
    await asyncio.to_thread(gate.began.acquire)
    closing = asyncio.create_task(hasher.close())
    await asyncio.sleep(0)

    with pytest.raises(DependencyUnavailable):
        await hasher.hash(PASSWORD)

    gate.opened.set()
    assert await asyncio.gather(*calls) == [False, False]
    await closing
    await hasher.close()
