"""The signals of a server process, which Granian would take for itself."""

import os
import signal
from collections.abc import Callable
from typing import NoReturn

from granian import _signals
from granian._granian import WorkerSignal

Stop = Callable[[], None]
"""Makes Granian close its listener, finish the calls in flight and end the lifespan."""


def take_signals() -> Stop:
    """Keep Granian from listening to signals in this process, and give the way to stop it.

    Its own handlers stop it at once, with no drain, and hang for ever when they are called too
    often, as they are when a process group is told to stop and the parent tells it too. Until
    somebody else listens, a signal ends the process: there is nobody to be served yet.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    wanted = WorkerSignal()
    # Imported by Granian where it is used, which is after the application has been loaded.
    _signals.set_loop_signals = lambda _: wanted
    return wanted.set


def _leave(*_: object) -> NoReturn:
    os._exit(0)
