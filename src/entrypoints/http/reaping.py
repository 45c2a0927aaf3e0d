"""Zombie reaping as PID 1 of a container."""

import os
import signal
from collections.abc import Callable, Collection, Mapping


def reap_orphans(own: Callable[[], Mapping[str, int]]) -> None:
    """As process 1, let the system forget orphans that end; does nothing in any other process.

    Nobody else can: they were left to us. Those in `own` are waited for elsewhere.
    """
    if os.getpid() == 1:
        signal.signal(signal.SIGCHLD, lambda *_: reap(own().values()))


def reap(own: Collection[int]) -> None:
    """Wait for every child that has ended, but for those in `own`."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        # One of our own ends the service, so what stands behind it in the queue can wait.
        if ended is None or ended.si_pid in own:
            return
        os.waitpid(ended.si_pid, 0)
