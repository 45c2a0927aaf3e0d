"""Bulkhead: threads that work is admitted to by its weight, first in, first out."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Condition
from typing import Any, TypeVar

from application.errors import DependencyUnavailable
from application.ports.load import Load

R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    weight: int
    work: Callable[[], Any]
    future: "Future[Any]"


class Bulkhead:
    """A weighted semaphore over threads: what runs weighs at most `capacity` together.

    `queue` jobs wait, in the order in which they came, and the next is refused at once. Nothing
    overtakes the job at the head, so a heavy one is not starved. What weighs more than `capacity`
    runs alone. The thread that ends a job starts the next one: a busy event loop keeps none idle.
    `pool` makes the threads.
    """

    def __init__(
        self, pool: Callable[[int], ThreadPoolExecutor], *, threads: int, capacity: int, queue: int
    ) -> None:
        self._make_pool = pool
        self._threads = min(threads, capacity)
        self._capacity = capacity
        self._queue = queue
        self._changed = Condition()
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: deque[_Job] = deque()
        self._running = 0
        self._weight = 0

    def open(self) -> None:
        if self._pool is None:
            self._pool = self._make_pool(self._threads)

    async def close(self) -> None:
        """Refuse who comes and serve who waits: the queue is bounded, so this ends soon."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(self._drain, pool)

    def load(self) -> Load:
        with self._changed:
            if self._pool is None:
                return Load()
            return Load(
                active=self._running,
                idle=self._threads - self._running,
                waiting=len(self._waiting),
                limit=self._threads + self._queue,
            )

    async def run(self, weight: int, work: Callable[[], R]) -> R:
        """Run `work` on a thread; a caller that is cancelled while waiting gives up its place.

        Raises DependencyUnavailable when the queue is full.
        """
        job = _Job(min(weight, self._capacity), work, Future())
        with self._changed:
            pool = self._pool
            if pool is None:
                raise unavailable("not open")
            must_wait = bool(self._waiting) or not self._fits(job)
            if must_wait and len(self._waiting) >= self._queue:
                raise unavailable("queue full")
            self._waiting.append(job)
            self._admit(pool)
        job.future.add_done_callback(lambda _: self._forget_cancelled(pool, job))
        result: R = await asyncio.wrap_future(job.future)
        return result

    def _fits(self, job: _Job) -> bool:
        return self._running < self._threads and self._weight + job.weight <= self._capacity

    def _admit(self, pool: ThreadPoolExecutor) -> None:
        while self._waiting and self._fits(self._waiting[0]):
            job = self._waiting.popleft()
            if not job.future.set_running_or_notify_cancel():
                continue
            self._count(job, 1)
            try:
                pool.submit(self._perform, pool, job)
            except RuntimeError:
                self._count(job, -1)
                job.future.set_exception(unavailable("no thread"))

    def _perform(self, pool: ThreadPoolExecutor, job: _Job) -> None:
        # The place is free before its caller goes on.
        try:
            result = job.work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's
            self._release(pool, job)
            job.future.set_exception(error)
        else:
            self._release(pool, job)
            job.future.set_result(result)

    def _release(self, pool: ThreadPoolExecutor, job: _Job) -> None:
        with self._changed:
            self._count(job, -1)
            self._admit(pool)
            self._changed.notify_all()

    def _forget_cancelled(self, pool: ThreadPoolExecutor, job: _Job) -> None:
        if not job.future.cancelled():
            return
        with self._changed:
            if job in self._waiting:
                self._waiting.remove(job)
            self._admit(pool)
            self._changed.notify_all()

    def _count(self, job: _Job, sign: int) -> None:
        self._running += sign
        self._weight += sign * job.weight

    def _drain(self, pool: ThreadPoolExecutor) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._running)
        pool.shutdown()


def unavailable(reason: str) -> DependencyUnavailable:
    return DependencyUnavailable(dependency="password hasher", context={"reason": reason})
