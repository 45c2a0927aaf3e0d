"""Graceful shutdown: SIGTERM drains, SIGINT stops.

Granian closes its listener at once: without a drain `/health/ready` would never show 503, and
keep-alive connections would be cut.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from application.settings import Settings
from entrypoints.http.in_flight import Drain
from entrypoints.http.server.process import Stop
from entrypoints.http.server.sockets import pending_connections, stop_accepting

QUIET: Final = 0.1
"""Seconds without a new call, after which none is on its way in this process."""
MOMENT: Final = 0.002
"""Seconds between two looks for one."""
PATIENCE: Final = 1.0
"""Seconds in which a silent connection may send its first request."""


@asynccontextmanager
async def graceful_shutdown(drain: Drain, settings: Settings, stop: Stop) -> AsyncIterator[None]:
    """Listen to signals; each may come more than once.

    They go to the whole process group, and the parent passes them on.
    """
    shutdown = GracefulShutdown(drain, settings, stop)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, shutdown.begin)
    loop.add_signal_handler(signal.SIGINT, shutdown.escalate)
    try:
        yield
    finally:
        # They are still listened to: by default they would end the process while it closes its
        # pools.
        shutdown.is_over = True
        if shutdown.task is not None:
            shutdown.task.cancel()


class GracefulShutdown:
    def __init__(self, drain: Drain, settings: Settings, stop: Stop) -> None:
        self._drain, self._settings, self._stop = drain, settings, stop
        self._is_urgent = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.is_over = False

    def begin(self) -> None:
        if self.task is None and not self.is_over:
            self._drain.begin()
            self.task = asyncio.get_running_loop().create_task(self._run())

    def escalate(self) -> None:
        self._is_urgent.set()
        self.begin()

    async def _run(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.drain_delay.total_seconds()):
                await self._is_urgent.wait()
        is_shut = stop_accepting()
        end = _now() + self._settings.shutdown_timeout.total_seconds()
        if is_shut:
            await _all_read(self._drain, end)
        else:
            await _all_read(self._drain, min(end, _now() + PATIENCE))
            await _none_pending(min(end, _now() + PATIENCE))
        self._stop()
        await asyncio.sleep(end - _now())
        self._drain.cut()


async def _all_read(drain: Drain, end: float) -> None:
    """Wait until all accepted connections are read; Granian drops unread bytes."""
    patient_until = min(end, _now() + PATIENCE)
    while True:
        seen = drain.seen
        await asyncio.sleep(QUIET)
        unread, silent = pending_connections()
        is_quiet = drain.seen == seen and not unread
        if is_quiet and (not silent or _now() >= patient_until):
            return
        if _now() >= end:
            return


async def _none_pending(end: float) -> None:
    """Wait for a moment without pending connections, where new ones cannot be refused."""
    while any(pending_connections()) and _now() < end:  # noqa: ASYNC110 - the system tells only who asks
        await asyncio.sleep(MOMENT)


def _now() -> float:
    return asyncio.get_running_loop().time()
