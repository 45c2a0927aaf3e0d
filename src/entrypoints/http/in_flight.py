"""Requests in flight: deadlines, client disconnects, and the drain of graceful shutdown."""

import asyncio
import time
from asyncio import Queue, Task, TimerHandle
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from litestar.types import HTTPReceiveMessage

from application.errors import OperationTimedOut
from entrypoints.http.errors.catalogue import ClientDisconnected, RequestTooSlow

if TYPE_CHECKING:
    from entrypoints.http.exchange import Exchange

TICK: Final = 0.05
"""Seconds after which a request gets a watch of its own. Most are over by then, and share one
timer instead of having a timer and a task each."""
_CLOSE: Final = ((b"connection", b"close"),)


class Drain:
    """The requests in flight, and whether graceful shutdown has begun.

    It begins once and is never taken back. `seen` counts every request. A client that keeps its
    connection would send its next request into one that is being closed, and could not tell
    whether it was read (RFC 9112 §9.6): `headers` are `Connection: close` from then on.
    """

    def __init__(self) -> None:
        self.has_begun = False
        self.seen = 0
        self.is_cut = False
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        self.measure: Callable[[int], None] = lambda _: None
        """Called with the number of requests in flight, some times a second while there are any."""
        self._exchanges: dict[Exchange, None] = {}
        self._is_ticking = False

    def begin(self) -> None:
        self.has_begun = True
        self.headers = _CLOSE

    def enter(self, exchange: "Exchange") -> None:
        self.seen += 1
        self._exchanges[exchange] = None
        deadline = exchange.context.deadline
        if deadline is not None and deadline - exchange.began < 2 * TICK:
            exchange.watch = Watch(exchange)
        if not self._is_ticking:
            self._is_ticking = True
            asyncio.get_running_loop().call_later(TICK, self._tick)

    def exit(self, exchange: "Exchange") -> None:
        del self._exchanges[exchange]

    def cut(self) -> None:
        """Cancel what is still in flight; what is not committed by then is rolled back."""
        self.is_cut = True
        for exchange in self._exchanges:
            exchange.task.cancel()

    def _tick(self) -> None:
        latest = time.monotonic() - TICK
        # The oldest come first.
        for exchange in self._exchanges:
            if exchange.began > latest:
                break
            if exchange.watch is None:
                exchange.watch = Watch(exchange)
        self.measure(len(self._exchanges))
        self._is_ticking = bool(self._exchanges)
        if self._is_ticking:
            asyncio.get_running_loop().call_later(TICK, self._tick)


class Watch:
    """Cancels a slow request at its deadline, and when its client disconnects.

    There is one reader at any time: the application while it reads the body, then the watch,
    which passes on what it reads. A commit that has begun is shielded from both.
    """

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._cancelled_before = exchange.task.cancelling()
        self._cancelled_here = 0
        self._is_gone = False
        self._task: Task[None] | None = None
        self._timer: TimerHandle | None = None
        self.messages: Queue[HTTPReceiveMessage] = Queue()
        if (deadline := exchange.context.deadline) is not None:
            left = deadline - time.monotonic()
            self._timer = asyncio.get_running_loop().call_later(left, self._cancel)
        self.begin()

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    def begin(self) -> None:
        """Wait for the disconnect, once nothing more of the body comes."""
        exchange = self._exchange
        is_read = exchange.is_read or not (exchange.announces_body or exchange.is_gone)
        if is_read and not exchange.is_reading and self._task is None:
            self._task = asyncio.create_task(self._await_disconnect())

    def reason(self) -> Exception | None:
        """Take back our own cancellation, and say what it was for; None where others cancelled.

        As `asyncio.timeout` does: https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.uncancel
        """
        exchange = self._exchange
        awaits_body = exchange.is_reading and exchange.announces_body and not exchange.is_read
        if not self._uncancel():
            return None
        if self._is_gone:
            return ClientDisconnected()
        return RequestTooSlow() if awaits_body else OperationTimedOut()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # What the application did not let itself be cancelled by is over, too.
        self._uncancel()
        if self._task is not None:
            self._task.cancel()

    def _uncancel(self) -> bool:
        for _ in range(self._cancelled_here):
            self._exchange.task.uncancel()
        is_ours = self._cancelled_here > 0
        self._cancelled_here = 0
        return is_ours and self._exchange.task.cancelling() <= self._cancelled_before

    def _cancel(self) -> None:
        self._cancelled_here += 1
        self._exchange.task.cancel()

    async def _await_disconnect(self) -> None:
        while not self._is_gone:
            message = await self._exchange.receive_next()
            self._is_gone = message["type"] == "http.disconnect"
            self.messages.put_nowait(message)
        self._cancel()
