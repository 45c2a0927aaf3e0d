"""Parent watchdog: ends a server process whose parent has died."""

import logging
import os
import signal
import threading
import time
from contextlib import suppress
from multiprocessing import Pipe
from typing import Final

logger: Final = logging.getLogger("armature.server")

GRACE: Final = 1.0
"""Seconds for calls in flight, once nobody is left who would wait for them."""


class ParentWatchdog:
    """A pipe that nobody writes to and only the parent holds open.

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
