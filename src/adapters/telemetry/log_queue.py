"""Bounded log queue (`QueueHandler`, `QueueListener`): drops and counts lines of a slow reader."""

import logging
import os
import select
from collections.abc import Callable
from logging.handlers import QueueHandler, QueueListener
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, Final

MAX_LINES: Final = 4096
"""Lines that wait at most; more are dropped, and counted."""
WHOLE: Final = 4096
"""Bytes of one write at most: Linux does not mix so few with lines of another process (PIPE_BUF,
pipe(7))."""
GATHER: Final = 0.1
"""Seconds in which lines come together: each wake-up of the thread takes the interpreter away from
requests."""

OnDropped = Callable[[int, bool], None]
"""Called in the listener's thread with the number of dropped lines, and whether others pass now."""


class LogQueue(QueueHandler):
    """Formats each record in its caller's thread, where the request is known, and never waits."""

    def __init__(self, *, max_lines: int = MAX_LINES) -> None:
        # Its put and get are one C call each; the bound is ours.
        self.lines: SimpleQueue[bytes] = SimpleQueue()
        super().__init__(self.lines)
        self._max_lines = max_lines
        self._dropped = 0
        self._dropping = Lock()

    def prepare(self, record: logging.LogRecord) -> bytes:
        return (self.format(record) + "\n").encode("utf-8", errors="backslashreplace")

    def enqueue(self, record: Any) -> None:  # noqa: ANN401 - what `prepare` gives: a line
        """Take a line that ends in a newline, from any thread; drop it where the queue is full."""
        if self.lines.qsize() < self._max_lines:
            self.lines.put(record)
        else:
            self.drop(1)

    def drop(self, lines: int) -> None:
        with self._dropping:
            self._dropped += lines

    def take_dropped(self) -> int:
        """Give how many were dropped since the last call."""
        with self._dropping:
            dropped, self._dropped = self._dropped, 0
        return dropped


class LogWriter(QueueListener):
    """Writes the lines of a LogQueue to a file descriptor, in a thread.

    What waits is lost with the process if that is killed.
    """

    def __init__(self, queue: LogQueue, descriptor: int, on_dropped: OnDropped) -> None:
        super().__init__(queue.lines)
        self._queue = queue
        self._descriptor = descriptor
        self._on_dropped = on_dropped
        self._batch: list[bytes] = []
        self._size = 0
        self._is_broken = False
        self._stopping = Event()

    def close(self, patience: float) -> bool:
        """Write what waits, for `patience` seconds at most; returns whether all is written."""
        self._stopping.set()
        # Wakes the thread where the queue is empty.
        self._queue.lines.put(b"")
        thread: Thread | None = self._thread
        if thread is None:
            return True
        thread.join(patience)
        return not thread.is_alive()

    def dequeue(self, block: bool) -> Any:  # noqa: ANN401, FBT001 - as the standard library calls it
        """Give the next line; raises Empty, which ends the thread, once all is written."""
        try:
            return self._queue.lines.get_nowait()
        except Empty:
            self._flush()
            self._report()
            if self._stopping.is_set():
                raise
        line = self._queue.lines.get(block)
        self._stopping.wait(GATHER)
        return line

    def handle(self, record: Any) -> None:  # noqa: ANN401 - a line, as `LogQueue.prepare` gives it
        """Add a line to the next write, which has whole lines only."""
        if self._size + len(record) > WHOLE:
            self._flush()
        self._batch.append(record)
        self._size += len(record)

    def _flush(self) -> None:
        batch, self._batch, self._size = self._batch, [], 0
        rest = memoryview(b"".join(batch))
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                # Another process made the shared descriptor non-blocking.
                select.select((), (self._descriptor,), ())
            except OSError:
                self._queue.drop(len(batch))
                self._is_broken = True
                return
        self._is_broken = False

    def _report(self) -> None:
        if dropped := self._queue.take_dropped():
            self._on_dropped(dropped, not self._is_broken)
