"""Bounded log queue to a file descriptor; drops lines and counts them when the reader is slow."""

import ctypes
import os
import select
import stat
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MAX_BYTES: Final = 1024 * 1024
"""Bytes of lines that wait at most; more are dropped, and counted."""
WHOLE: Final = 4096
"""Bytes that are written at once at most: Linux puts no line of another process into the midst of
so few (PIPE_BUF, pipe(7))."""
GATHER: Final = 0.1
"""Seconds in which lines come together, so that the thread wakes seldom: each time it takes the
interpreter away from requests, which costs them much more than what it then does."""

_write: Final = ctypes.PyDLL(None).write
"""As `os.write`, less giving the interpreter away meanwhile: to get it back from other threads
takes many times as long as to write, where that takes no time. Gives -1 for what failed."""
_write.argtypes, _write.restype = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t), ctypes.c_ssize_t

Lost = Callable[[int, bool], None]
"""Hears how many lines were dropped, and whether others pass again; runs in the writer's thread."""


class LineWriter:
    """Writes lines so that nobody waits for whoever reads them.

    A reader that stops reading costs the lines that no longer fit, never a request. `write` may be
    called from any thread. What waits is lost with the process if that is killed.

    A thread writes what has waited for GATHER. Where so many lines come that they are WHOLE before,
    and a write cannot take time, whoever brings the last of them writes: to let another thread do
    it costs a request of a busy process more than everything else about its line.
    """

    def __init__(self, descriptor: int, lost: Lost, *, max_bytes: int = MAX_BYTES) -> None:
        self._descriptor = descriptor
        self._lost = lost
        self._max_bytes = max_bytes
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._dropped = 0
        self._is_broken = False
        # The lock of the condition, by itself: to take it through that costs a line twice as much.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._writing = threading.Lock()
        self._quick = _quick(descriptor)
        self._is_asleep = False
        self._is_busy = False
        self._must_flush = False
        self._is_ended = False
        self._thread = threading.Thread(target=self._run, name="log lines", daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Take a line that ends in a newline, or drop it when too much waits already."""
        with self._lock:
            if self._is_ended:
                self._write_last(line)
                return
            if self._bytes + len(line) > self._max_bytes:
                self._dropped += 1
                return
            self._lines.append(line)
            self._bytes += len(line)
            self._wake()
            is_whole = self._bytes >= WHOLE
        if is_whole and self._quick is not None:
            self._write_quickly(self._quick)

    def close(self, patience: float) -> bool:
        """Write what waits, for `patience` seconds at most; tells whether all is written.

        Lines that come later are written at once, or dropped where that would take time.
        """
        with self._changed:
            self._must_flush = True
            self._changed.notify()
        self._thread.join(patience)
        with self._changed:
            self._is_ended = True
        return not self._thread.is_alive()

    def _write_quickly(self, descriptor: int) -> None:
        # Who holds it may wait for the reader.
        if not self._writing.acquire(blocking=False):
            return
        try:
            batch = self._next()
            written = _write(descriptor, batch, len(batch))
            self._is_busy = written > 0
            # No room, or worse: the thread waits for the one and tells of the other.
            if rest := batch[max(0, written) :]:
                self._put_back(rest)
        finally:
            self._writing.release()

    def _put_back(self, rest: bytes) -> None:
        with self._changed:
            self._lines.appendleft(rest)
            self._bytes += len(rest)
            self._wake()

    def _wake(self) -> None:
        # Only from its sleep: to wake it while lines come together would cost each of them dear.
        if self._is_asleep:
            self._is_asleep = False
            self._changed.notify()

    def _run(self) -> None:
        while self._awaited():
            # While others write, they will write what is left soon.
            is_busy, self._is_busy = self._is_busy, False
            while (not is_busy or self._must_flush) and self._write_next():
                pass
            self._report()

    def _write_next(self) -> bool:
        with self._writing:
            batch = self._next()
            if batch:
                self._put(batch)
        return bool(batch)

    def _awaited(self) -> bool:
        """Wait for lines, and a moment for more; False when there will be none."""
        with self._changed:
            if not self._lines and not self._must_flush:
                self._is_asleep = True
                self._changed.wait_for(lambda: not self._is_asleep or self._must_flush)
            if not self._must_flush:
                self._changed.wait_for(lambda: self._must_flush, GATHER)
            return bool(self._lines) or not self._must_flush

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


def _quick(descriptor: int) -> int | None:
    """Give a descriptor for the same end that never waits; None where there is none.

    A pipe is opened anew: not to wait is then a matter of ours alone, and of nobody else who
    writes into it. A file takes what it is given; a terminal may be held up, and a socket can.
    """
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(descriptor)):
        return descriptor
    if stat.S_ISFIFO(mode):
        with suppress(OSError):
            return os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK)
    return None
