"""Signal handling of a server process, instead of Granian's."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable
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
