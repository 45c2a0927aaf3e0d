"""Lines on their way to a file descriptor, which may be slow to take them."""

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

MAX_BYTES: Final = 1024 * 1024
"""Bytes of lines that wait at most; more are dropped, and counted."""
WHOLE: Final = 4096
"""Bytes that are written at once at most: Linux puts no line of another process into the midst of
so few (PIPE_BUF, pipe(7))."""
GATHER: Final = 0.02
"""Seconds in which lines come together, so that a busy process writes seldom."""

Lost = Callable[[int, bool], None]
"""Hears how many lines were dropped, and whether others pass again; runs in the writer's thread."""


class LineWriter:
    """Writes lines in a thread of its own, so that nobody waits for whoever reads them.

    A reader that stops reading costs the lines that no longer fit, never a request. `write` may be
    called from any thread. What waits is lost with the process if that is killed.
    """

    def __init__(self, descriptor: int, lost: Lost, *, max_bytes: int = MAX_BYTES) -> None:
        self._descriptor = descriptor
        self._lost = lost
        self._max_bytes = max_bytes
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._dropped = 0
        self._is_broken = False
        self._changed = threading.Condition()
        self._is_hurried = False
        self._is_ended = False
        self._thread = threading.Thread(target=self._run, name="log lines", daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Take a line that ends in a newline, or drop it when too much waits already."""
        with self._changed:
            if self._is_ended:
                self._write_last(line)
                return
            if self._bytes + len(line) > self._max_bytes:
                self._dropped += 1
                return
            self._lines.append(line)
            self._bytes += len(line)
            if len(self._lines) == 1:
                self._changed.notify()

    def close(self, patience: float) -> bool:
        """Write what waits, for `patience` seconds at most; tells whether all is written.

        Lines that come later are written at once, or dropped where that would take time.
        """
        with self._changed:
            self._is_hurried = True
            self._changed.notify()
        self._thread.join(patience)
        with self._changed:
            self._is_ended = True
        return not self._thread.is_alive()

    def _run(self) -> None:
        while self._awaited():
            while batch := self._next():
                self._put(batch)
            self._report()

    def _awaited(self) -> bool:
        """Wait for lines, and a moment for more; False when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._is_hurried)
            if not self._is_hurried:
                self._changed.wait_for(lambda: self._is_hurried, GATHER)
            return bool(self._lines)

    def _next(self) -> bytes:
        """Take as many whole lines as may be written at once; a line longer than that alone."""
        with self._changed:
            taken: list[bytes] = []
            size = 0
            while self._lines and (not taken or size + len(self._lines[0]) <= WHOLE):
                taken.append(self._lines.popleft())
                size += len(taken[-1])
            self._bytes -= size
            return b"".join(taken)

    def _put(self, batch: bytes) -> None:
        rest = memoryview(batch)
        self._is_broken = False
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                # Somebody who shares the descriptor wants not to wait; we have the time.
                select.select((), (self._descriptor,), ())
            except OSError:
                self._is_broken = True
                with self._changed:
                    self._dropped += batch.count(b"\n")
                return

    def _report(self) -> None:
        with self._changed:
            dropped, self._dropped = self._dropped, 0
        if dropped:
            self._lost(dropped, not self._is_broken)

    def _write_last(self, line: bytes) -> None:
        if select.select((), (self._descriptor,), (), 0)[1]:
            self._put(line)
