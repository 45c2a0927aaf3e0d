"""Request deadline and client disconnects: cancels work nobody waits for."""

import asyncio
import time
from asyncio import Queue, Task, TimerHandle
from typing import Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Receive, Scope, Send

from application.context import call_context
from application.errors import OperationTimedOut
from entrypoints.http.errors import ClientDisconnected, RequestTooSlow
from entrypoints.http.middleware.drain import TASK
from entrypoints.http.middleware.framing import announces_body

PATIENCE: Final = 0.05
"""Seconds before anybody looks whether the caller is still there: most requests are over by then,
and have a part in one timer of all instead of a timer and a task of their own."""


class DeadlineMiddleware:
    """Cancels a request at its deadline, and soon after its caller hung up.

    Raises RequestTooSlow when it was the caller's body that we waited for, else OperationTimedOut,
    or ClientDisconnected. A commit that has begun is shielded from
    both, so what becomes of it is not known here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._rounds = _Rounds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        watch = _Watch(scope, receive, call_context.get().deadline, self._rounds)
        try:
            await self._app(scope, watch.receive, send)
        except asyncio.CancelledError:
            if not watch.forgive():
                raise
            if watch.is_gone:
                raise ClientDisconnected from None
            raise (RequestTooSlow if watch.waits_for_body else OperationTimedOut) from None
        finally:
            watch.stop()


class _Rounds:
    """Looks after the watches that PATIENCE has passed for, every so often while there are any."""

    def __init__(self) -> None:
        self._begun: dict[_Watch, float] = {}
        self._is_under_way = False

    def begin(self, watch: "_Watch") -> None:
        self._begun[watch] = time.monotonic()
        if not self._is_under_way:
            self._is_under_way = True
            asyncio.get_running_loop().call_later(PATIENCE, self._go)

    def end(self, watch: "_Watch") -> None:
        self._begun.pop(watch, None)

    def _go(self) -> None:
        latest = time.monotonic() - PATIENCE
        # The oldest come first.
        for watch in [each for each, began in self._begun.items() if began <= latest]:
            del self._begun[watch]
            watch.due()
        self._is_under_way = bool(self._begun)
        if self._begun:
            asyncio.get_running_loop().call_later(PATIENCE, self._go)


class _Watch:
    """Listens for the caller's hanging up, once the body has been read and some time passed.

    There is one reader at any time: the application while it reads the body, then the watch. What
    the watch hears is passed on, so an application that asks again is told.
    """

    _is_read = False
    _is_reading = False
    _is_due = False
    _cancelled_here = 0
    _task: Task[None] | None = None
    _timer: TimerHandle | None = None
    _heard: Queue[HTTPReceiveMessage]
    is_gone = False

    def __init__(
        self, scope: HTTPScope, receive: Receive, deadline: float | None, rounds: _Rounds
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._work = cast("Task[object]", scope.get(TASK) or asyncio.current_task())
        self._cancelled_before = self._work.cancelling()
        self._deadline = deadline
        self._rounds = rounds
        rounds.begin(self)
        # Sooner than the rounds come by.
        if deadline is not None and (left := deadline - time.monotonic()) < 2 * PATIENCE:
            self._call_at_deadline(left)

    async def receive(self) -> HTTPReceiveMessage:
        if self._task is not None:
            return await self._heard.get()
        self._is_reading = True
        message = await self._next()
        self._is_reading = False
        if message["type"] == "http.request" and not message.get("more_body", False):
            self._is_read = True
        self._begin()
        return message

    @property
    def waits_for_body(self) -> bool:
        """Whether the application asked for more of the body, and nothing came."""
        return self._is_reading and not self._is_read

    def stop(self) -> None:
        self._rounds.end(self)
        if self._timer is not None:
            self._timer.cancel()
        # What the work did not let itself be cancelled by is over, too.
        self.forgive()
        if self._task is not None:
            self._task.cancel()

    def forgive(self) -> bool:
        """Take our own cancellation back, which has done its work; False where others cancelled.

        As `asyncio.timeout` does: https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.uncancel
        """
        for _ in range(self._cancelled_here):
            self._work.uncancel()
        is_ours = self._cancelled_here > 0
        self._cancelled_here = 0
        return is_ours and self._work.cancelling() <= self._cancelled_before

    def due(self) -> None:
        """Run once the request is no quick one."""
        if self._deadline is not None and self._timer is None:
            self._call_at_deadline(self._deadline - time.monotonic())
        self._is_due = True
        self._is_read = self._is_read or not announces_body(self._scope)
        self._begin()

    def _call_at_deadline(self, left: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(left, self._cancel)

    def _cancel(self) -> None:
        self._cancelled_here += 1
        self._work.cancel()

    def _begin(self) -> None:
        if self._is_due and self._is_read and not self._is_reading and self._task is None:
            self._heard = Queue()
            self._task = asyncio.create_task(self._watch_disconnect())

    async def _watch_disconnect(self) -> None:
        while not self.is_gone:
            message = await self._next()
            self.is_gone = message["type"] == "http.disconnect"
            self._heard.put_nowait(message)
        self._cancel()

    async def _next(self) -> HTTPReceiveMessage:
        return await self._receive()  # type: ignore[return-value]  # a websocket's is no HTTP scope
