"""Signal handling of a server process, and its parent watchdog."""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from typing import Final, NoReturn

from granian import _signals
from granian._granian import WorkerSignal

logger: Final = logging.getLogger("armature.server")

DEBUG: Final = signal.SIGUSR1
"""Turns debug lines on, and off again."""

Stop = Callable[[], None]
"""Makes Granian close its listener, finish the calls in flight and end the lifespan."""


def take_signals() -> Stop:
    """Keep Granian from listening to signals in this process, and give the way to stop it.

    Its own handlers stop it at once, with no drain, and hang for ever when they are called too
    often, as they are when a process group is told to stop and the parent tells it too. Until
    somebody else listens, a signal ends the process: there is nobody to be served yet.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _exit)
    signal.signal(DEBUG, signal.SIG_IGN)
    wanted = WorkerSignal()
    # Imported by Granian where it is used, which is after the application has been loaded.
    _signals.set_loop_signals = lambda _: wanted
    return wanted.set


def toggle_debug_on_signal(toggle: Callable[[], str]) -> None:
    """Call `toggle`, which gives a level, whenever the parent passes DEBUG on."""

    def on_signal() -> None:
        level = toggle()
        logger.warning("Log lines begin at %s from now on.", level)

    asyncio.get_running_loop().add_signal_handler(DEBUG, on_signal)


def _exit(*_: object) -> NoReturn:
    os._exit(0)


GRACE: Final = 1.0
"""Seconds for requests in flight, once the parent has died."""


class ParentWatchdog:
    """A pipe without a writer but the parent: its end is the parent's death.

    The system closes it with the parent, SIGKILL included, and on every system alike; Linux alone
    could send a signal (PR_SET_PDEATHSIG).
    """

    def __init__(self) -> None:
        self._reader, self._writer = Pipe(duplex=False)

    def watch(self) -> None:
        """In a server process: stop when the parent is gone, within GRACE."""
        # Inherited by every process; one that kept it would keep the others alive.
        self._writer.close()
        threading.Thread(target=self._wait, name="lifeline", daemon=True).start()

    def _wait(self) -> None:
        with suppress(EOFError, OSError):
            self._reader.recv_bytes()
        logger.warning("The parent process is gone, so this one stops too.")
        # No drain: another start may wait for the port, and whoever watches is told already.
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(GRACE)
        os._exit(0)
