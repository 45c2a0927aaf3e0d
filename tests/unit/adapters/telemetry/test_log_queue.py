import os
import threading
from collections.abc import Iterator

import pytest

from adapters.telemetry.log_queue import WHOLE, LogQueue, LogWriter

PATIENCE = 10.0


class Pipe:
    """A pipe whose reader does not read before it is asked to."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()

    def fill(self) -> int:
        """Leave no room for anything; gives the bytes that took."""
        os.set_blocking(self.writer, False)
        size = 0
        try:
            while True:
                size += os.write(self.writer, b"." * 1024)
        except BlockingIOError:
            os.set_blocking(self.writer, True)
            return size

    def read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += os.read(self.reader, size - len(found))
        return found

    def close_reader(self) -> None:
        os.close(self.reader)
        self.reader = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    for end in (pipe.reader, pipe.writer):
        if end >= 0:
            os.close(end)


class Losses:
    def __init__(self) -> None:
        self.counts: list[int] = []
        self.others_pass = False
        self.told = threading.Event()

    def __call__(self, lines: int, others_pass: bool) -> None:
        self.counts.append(lines)
        self.others_pass = others_pass
        self.told.set()


def started(
    pipe: Pipe, losses: Losses | None = None, max_lines: int = 4096
) -> tuple[LogQueue, LogWriter]:
    lines = LogQueue(max_lines=max_lines)
    writer = LogWriter(lines, pipe.writer, losses or Losses())
    writer.start()
    return lines, writer


def test_lines_come_whole_and_in_their_order(pipe: Pipe) -> None:
    queue, writer = started(pipe)
    lines = [b"line %d\n" % number for number in range(1000)]

    for line in lines:
        queue.enqueue(line)

    assert writer.close(PATIENCE)
    assert pipe.read(sum(map(len, lines))) == b"".join(lines)


def test_no_write_is_longer_than_what_the_system_keeps_together(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    def write(_: int, data: memoryview, *__: int) -> int:
        written.append(bytes(data))
        return len(data)

    monkeypatch.setattr(os, "write", write)
    queue, writer = started(pipe)
    long = b"x" * WHOLE + b"\n"

    for line in (b"a" * 3000 + b"\n", b"b" * 2000 + b"\n", long, b"c\n"):
        queue.enqueue(line)
    writer.close(PATIENCE)

    assert b"".join(written).count(b"\n") == 4
    assert [each for each in written if len(each) > WHOLE] == [long]
    assert all(each.endswith(b"\n") for each in written)


def test_no_caller_waits_for_a_reader_that_does_not_read(pipe: Pipe) -> None:
    stuffed = pipe.fill()
    losses = Losses()
    queue, writer = started(pipe, losses, max_lines=10)
    line = b"x" * 99 + b"\n"

    for _ in range(50):
        queue.enqueue(line)

    # It would hang here otherwise. What the writer has in hand counts no longer.
    pipe.read(stuffed)
    assert losses.told.wait(PATIENCE)
    assert 1 <= losses.counts[0] <= 40
    assert losses.others_pass
    assert writer.close(PATIENCE)
    kept = 50 - sum(losses.counts)
    assert pipe.read(kept * len(line)) == line * kept


def test_shutdown_does_not_wait_for_a_reader_that_does_not_read(pipe: Pipe) -> None:
    stuffed = pipe.fill()
    queue, writer = started(pipe)
    queue.enqueue(b"before\n")

    assert not writer.close(0.01)
    queue.enqueue(b"later\n")

    pipe.read(stuffed)
    assert pipe.read(7) == b"before\n"


def test_lines_that_nobody_can_read_are_counted(pipe: Pipe) -> None:
    losses = Losses()
    queue, writer = started(pipe, losses)
    pipe.close_reader()

    queue.enqueue(b"into the void\n")

    assert losses.told.wait(PATIENCE)
    assert losses.counts == [1]
    # A line about that would be lost as well, and be counted in turn, without end.
    assert not losses.others_pass
    assert writer.close(PATIENCE)


def test_a_descriptor_that_does_not_wait_is_waited_for(pipe: Pipe) -> None:
    stuffed = pipe.fill()
    os.set_blocking(pipe.writer, False)
    losses = Losses()
    queue, writer = started(pipe, losses)

    queue.enqueue(b"late\n")
    pipe.read(stuffed)

    assert pipe.read(5) == b"late\n"
    assert writer.close(PATIENCE)
    assert not losses.counts
