"""Supervisor: the parent process, which stops its workers gracefully or at once."""

import logging
import math
import os
import resource
import signal
import time
from contextlib import suppress
from datetime import timedelta
from enum import IntEnum
from functools import partial
from typing import Final

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess

from application.settings import Settings
from entrypoints.http.server.address import Address

ECHO: Final = 0.5
"""Seconds in which the same signal is the same wish: a process group and a wrapper that passes
signals on (`uv run`) deliver it twice."""

SPARE: Final = timedelta(seconds=3)
"""What a process has beyond the limits of the settings, to close what it opened."""


_LOGS: Final = {
    "loggers": {
        name: {"handlers": [], "level": "WARNING", "propagate": True}
        for name in ("_granian", "granian.access")
    }
}


class ShutdownLevel(IntEnum):
    """How fast the service has to stop; each level includes those before it."""

    NONE = 0
    DRAIN = 1
    FINISH = 2
    KILL = 3


class ShutdownRequest:
    """What the signals so far ask for: SIGTERM a drain, SIGINT none, each more a level more."""

    def __init__(self) -> None:
        self.level = ShutdownLevel.NONE
        self._heard: dict[int, float] = {}

    def handle(self, number: int, now: float) -> None:
        """Take in a signal that came at `now`, in seconds of a monotonic clock."""
        last = self._heard.get(number)
        self._heard[number] = now
        if last is not None and now - last < ECHO:
            return
        least = ShutdownLevel.FINISH if number == signal.SIGINT else ShutdownLevel.DRAIN
        self.level = ShutdownLevel(max(least, min(self.level + 1, ShutdownLevel.KILL)))


class Supervisor(MPServer):
    """Granian's parent process; passes SIGTERM (drain) and SIGINT (stop) on to its workers."""

    def __init__(self, settings: Settings, address: Address) -> None:
        super().__init__(
            "armature",
            address=address.host,
            port=address.port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=settings.http.workers,
            workers_kill_timeout=_patience(settings),
            # What waits between two requests counts as a head that does not come.
            http1_settings=HTTP1Settings(header_read_timeout=_milliseconds(settings)),
            backpressure=connections(),
            # A process that fails is a fault to look at; a supervisor starts the whole anew.
            respawn_failed_workers=False,
            loop=Loops.uvloop,
            # Its lines go the way of all others.
            log_level=LogLevels.warning,
            log_dictconfig=_LOGS,
        )
        logging.getLogger("_granian").addFilter(_is_news)
        self._shutdown = ShutdownRequest()
        self._own_id = os.getpid()

    def signal_handler_interrupt(self, number: int, *_: object) -> None:
        if os.getpid() != self._own_id:
            # A process that was forked this moment, and has no handlers of its own yet.
            os._exit(0)
        self._shutdown.handle(number, time.monotonic())
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call]  # as below
        self._escalate()

    def pass_on(self, number: signal.Signals) -> None:
        """Send a signal that ends no process to every worker."""
        for process in list(self.wrks):
            with suppress(ProcessLookupError):
                os.kill(process.inner.pid, number)

    def process_ids(self) -> dict[str, int]:
        """Give the processes that were started, by the places they have, and the parent."""
        ids = {str(place): each.inner.pid for place, each in enumerate(list(self.wrks), 1)}
        return {"parent": self._own_id, **ids}

    def _stop_workers(self) -> None:
        self._escalate()
        for process in self.wrks:
            process.is_alive = partial(is_alive, process)  # type: ignore[method-assign]  # for each
        # It sends SIGTERM, waits, and kills who is not gone in time.
        super()._stop_workers()  # type: ignore[no-untyped-call]  # Granian is not typed

    def _escalate(self) -> None:
        """Pass on what goes beyond a drain."""
        if self._shutdown.level < ShutdownLevel.FINISH:
            return
        kill = self._shutdown.level >= ShutdownLevel.KILL
        for process in list(self.wrks):
            _signal(process, signal.SIGKILL if kill else signal.SIGINT)


def is_alive(process: WorkerProcess) -> bool:
    """Whether a process has not ended yet.

    Two of Granian's threads wait for each process. The one that did not reap it takes it for alive,
    and logs that it refused to stop.
    """
    try:
        ended = os.waitid(os.P_PID, process.inner.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return ended is None


def _is_news(record: logging.LogRecord) -> bool:
    """Filter: drops Granian's line on a process that ended, which the start report covers."""
    return not record.getMessage().startswith("Unexpected exit from")


def _signal(process: WorkerProcess, number: signal.Signals) -> None:
    # Its end is no surprise.
    process.interrupt_by_parent = True
    with suppress(ProcessLookupError):
        os.kill(process.inner.pid, number)


def _patience(settings: Settings) -> int:
    return math.ceil((settings.drain_delay + settings.shutdown_timeout + SPARE).total_seconds())


def _milliseconds(settings: Settings) -> int:
    return settings.http.header_timeout // timedelta(milliseconds=1)


MOST: Final = 4096
"""An idle connection costs a few KiB; a body in flight costs up to MAX_BODY."""
SPARE_FILES: Final = 256
"""Open files for all else: the database, the cache, the code."""
LEAST: Final = 64


def connections() -> int:
    """Give the connection limit of a process, after raising the limit of open files.

    Many systems begin at 1024. A server that runs out of them cannot accept, and one whose places
    are taken by callers who say nothing lets others wait until HEADER_TIMEOUT frees some. Server
    processes inherit the limit.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    room = MOST if soft == resource.RLIM_INFINITY else soft - SPARE_FILES
    return max(LEAST, min(room, MOST))
