"""Nobody works for a caller who no longer waits."""

import asyncio
import time
from asyncio import Queue, Task, TimerHandle
from typing import Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Receive, Scope, Send

from application.context import call_context
from application.errors import OperationTimedOut
from entrypoints.http.errors import ClientDisconnected, RequestTooSlow

PATIENCE: Final = 0.05
"""Seconds before anybody looks whether the caller is still there: most requests are over by then,
and pay for a timer instead of a task."""

_ANNOUNCING: Final = frozenset((b"transfer-encoding", b"content-length"))


class DeadlineMiddleware:
    """Cancels a request at its deadline, and soon after its caller hung up.

    Raises RequestTooSlow when it was the caller's body that we waited for, else OperationTimedOut,
    or ClientDisconnected. A commit that has begun is shielded from
    both, so what becomes of it is not known here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        watch = _Watch(scope, receive, call_context.get().deadline)
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


class _Watch:
    """Listens for the caller's hanging up, once the body has been read and some time passed.

    There is one reader at any time: the application while it reads the body, then the watch. What
    the watch hears is passed on, so an application that asks again is told.
    """

    def __init__(self, scope: HTTPScope, receive: Receive, deadline: float | None) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._work = cast("Task[object]", asyncio.current_task(self._loop))
        self._cancelled_before = self._work.cancelling()
        self._cancelled_here = 0
        self._deadline = deadline
        self._is_read = not _has_body(scope)
        self._is_reading = False
        self._is_due = False
        self._task: Task[None] | None = None
        self._heard: Queue[HTTPReceiveMessage]
        self.is_gone = False
        left = self._left()
        first = PATIENCE if left is None or left > PATIENCE else left
        self._timer: TimerHandle = self._loop.call_later(first, self._due)

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

    def _left(self) -> float | None:
        return None if self._deadline is None else self._deadline - time.monotonic()

    def _due(self) -> None:
        """Run once the request is no quick one, and at its deadline."""
        left = self._left()
        if left is not None and left <= 0:
            self._cancel()
            return
        if left is not None:
            self._timer = self._loop.call_later(left, self._due)
        self._is_due = True
        self._begin()

    def _cancel(self) -> None:
        self._cancelled_here += 1
        self._work.cancel()

    def _begin(self) -> None:
        if self._is_due and self._is_read and not self._is_reading and self._task is None:
            self._heard = Queue()
            self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while not self.is_gone:
            message = await self._next()
            self.is_gone = message["type"] == "http.disconnect"
            self._heard.put_nowait(message)
        self._cancel()

    async def _next(self) -> HTTPReceiveMessage:
        return await self._receive()  # type: ignore[return-value]  # a websocket's is no HTTP scope


def _has_body(scope: HTTPScope) -> bool:
    """Whether a body comes (RFC 9112 §6.3): one of two headers announces it."""
    return any(name in _ANNOUNCING for name, _ in scope["headers"])
