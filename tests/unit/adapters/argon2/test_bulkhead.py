import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2.low_level import Type

from adapters.argon2 import hasher as module
from adapters.argon2.bulkhead import Bulkhead
from adapters.argon2.hasher import Argon2Hasher
from adapters.argon2.parameters import Parameters
from application.errors import DependencyUnavailable
from tests.unit.contracts.password_hasher import PASSWORD

CHEAP = Parameters(memory=16, time=1)


class Gate:
    """Holds every verification until it is opened, and counts those that began.

    `lets_through` is a part of the hashes that it holds not.
    """

    lets_through = b"nothing"

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.opened = threading.Event()
        self.count = 0

    def __call__(self, encoded: bytes, secret: bytes, kind: Type) -> bool:
        if self.lets_through in encoded:
            return True
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


FOREIGN = f"$argon2id$v=19$m=64,t=4,p=1$c29tZXNhbHRzb21lc2FsdA${'A' * 43}"
"""The dearest that can be imported where CHEAP is live."""


async def test_a_live_hash_is_verified_while_ten_foreign_ones_queue(gate: Gate) -> None:
    hasher = Argon2Hasher(CHEAP, threads=2, queue=10)
    await hasher.open()
    gate.lets_through = b"$m=16,t=1,p=1$"
    live = await hasher.hash(PASSWORD)
    foreign = [asyncio.create_task(hasher.verify(PASSWORD, FOREIGN)) for _ in range(10)]
    await asyncio.to_thread(gate.began.acquire)

    for stored in (live, None, live, "unreadable"):
        assert await asyncio.wait_for(hasher.verify(PASSWORD, stored), 10) is (stored == live)
    assert await asyncio.wait_for(hasher.hash(PASSWORD), 10)

    # One at a time, though there are two threads: each takes all that foreign hashes may.
    assert (gate.count, hasher.load().waiting) == (1, 9)
    gate.opened.set()
    assert await asyncio.gather(*foreign) == [True] * 10
    await hasher.close()


async def test_foreign_hashes_wait_in_a_queue_of_their_own(gate: Gate) -> None:
    hasher = Argon2Hasher(CHEAP, threads=1, queue=1)
    await hasher.open()
    gate.lets_through = b"$m=16,t=1,p=1$"
    foreign = [asyncio.create_task(hasher.verify(PASSWORD, FOREIGN)) for _ in range(2)]
    await asyncio.to_thread(gate.began.acquire)

    with pytest.raises(DependencyUnavailable):
        await hasher.verify(PASSWORD, FOREIGN)
    assert await hasher.verify(PASSWORD, None) is False

    gate.opened.set()
    await asyncio.gather(*foreign)
    await hasher.close()


class Jobs:
    """Work of some weight that is held until it is let go, and what of it runs at a time."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self._bulkhead = bulkhead
        self._lock = threading.Lock()
        self.began: queue.Queue[str] = queue.Queue()
        self.released: dict[str, threading.Event] = {}
        self.weight = self.peak = 0

    def start(self, name: str, weight: int) -> "asyncio.Task[str]":
        self.released[name] = threading.Event()

        def work() -> str:
            with self._lock:
                self.weight += weight
                self.peak = max(self.peak, self.weight)
            self.began.put(name)
            assert self.released[name].wait(10)
            with self._lock:
                self.weight -= weight
            return name

        return asyncio.create_task(self._bulkhead.run(weight, work))

    async def next(self) -> str:
        """Wait until another one begins, and give its name."""
        return await asyncio.to_thread(self.began.get, timeout=10)


@pytest.fixture
async def bulkhead() -> AsyncIterator[Bulkhead]:
    bulkhead = Bulkhead(ThreadPoolExecutor, threads=8, capacity=4, queue=64)
    bulkhead.open()
    yield bulkhead
    await bulkhead.close()


@pytest.fixture
def jobs(bulkhead: Bulkhead) -> Jobs:
    return Jobs(bulkhead)


async def test_what_runs_together_never_weighs_more_than_the_capacity(
    bulkhead: Bulkhead, jobs: Jobs
) -> None:
    weights = [1, 2, 1, 3, 1, 4, 2, 2, 1, 1, 1, 1, 3, 2, 4, 1]
    tasks = [jobs.start(str(number), weight) for number, weight in enumerate(weights)]

    # Each is let go when it is the last that could begin.
    for _ in weights:
        jobs.released[await jobs.next()].set()

    assert await asyncio.gather(*tasks) == [str(number) for number in range(len(weights))]
    assert jobs.peak == 4
    assert (bulkhead.load().active, bulkhead.load().waiting) == (0, 0)


async def test_nothing_overtakes_a_heavy_job(bulkhead: Bulkhead, jobs: Jobs) -> None:
    tasks = [jobs.start("first", 2), jobs.start("heavy", 4), jobs.start("light", 1)]
    assert await jobs.next() == "first"
    assert (bulkhead.load().active, bulkhead.load().waiting) == (1, 2)

    jobs.released["first"].set()
    assert await jobs.next() == "heavy"
    assert (bulkhead.load().active, bulkhead.load().waiting) == (1, 1)
    for name in ("heavy", "light"):
        jobs.released[name].set()

    assert await asyncio.gather(*tasks) == ["first", "heavy", "light"]


async def test_a_light_job_behind_a_heavy_one_waits_and_so_needs_a_place_in_the_queue() -> None:
    bulkhead = Bulkhead(ThreadPoolExecutor, threads=8, capacity=4, queue=1)
    bulkhead.open()
    jobs = Jobs(bulkhead)
    tasks = [jobs.start("first", 2), jobs.start("heavy", 4)]
    assert await jobs.next() == "first"

    with pytest.raises(DependencyUnavailable):
        await bulkhead.run(1, str)

    for name in ("first", "heavy"):
        jobs.released[name].set()
    await asyncio.gather(*tasks)
    await bulkhead.close()


async def test_what_weighs_more_than_the_capacity_runs_alone(
    bulkhead: Bulkhead, jobs: Jobs
) -> None:
    tasks = [jobs.start("light", 1), jobs.start("huge", 27), jobs.start("other", 27)]
    assert await jobs.next() == "light"
    for before, after in (("light", "huge"), ("huge", "other")):
        jobs.released[before].set()
        assert await jobs.next() == after
        assert bulkhead.load().active == 1
    jobs.released["other"].set()

    await asyncio.gather(*tasks)


async def test_a_heavy_job_that_is_cancelled_lets_those_behind_it_begin(jobs: Jobs) -> None:
    first, heavy, light = jobs.start("first", 2), jobs.start("heavy", 4), jobs.start("light", 1)
    assert await jobs.next() == "first"

    heavy.cancel()

    assert await jobs.next() == "light"
    for name in ("first", "light"):
        jobs.released[name].set()
    assert [await first, await light] == ["first", "light"]


async def test_a_job_for_which_there_is_no_thread_is_an_outage_and_frees_its_place(
    monkeypatch: pytest.MonkeyPatch, bulkhead: Bulkhead, jobs: Jobs
) -> None:
    def no_thread(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(ThreadPoolExecutor, "submit", no_thread)
        for _ in range(3):
            with pytest.raises(DependencyUnavailable):
                await bulkhead.run(4, str)

    task = jobs.start("next", 4)
    jobs.released["next"].set()
    assert await task == "next"
