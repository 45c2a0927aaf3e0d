"""How much memory a service takes while it is under load."""

import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import psutil

WARM_UP = 60.0
"""Seconds in which caches fill, and the memory may grow."""
SHORTEST = 60.0
"""Seconds after that without which nothing can be said."""
RELATIVE, ABSOLUTE = 0.05, 16.0
"""It may grow by this part of itself, or by so many MiB."""


@dataclass
class Memory:
    """Samples a process and all its children; `samples` are seconds and MiB."""

    pid: int
    pause: float = 1.0
    samples: list[tuple[float, float]] = field(default_factory=list)
    _is_over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        began = time.monotonic()
        while not self._is_over.wait(self.pause):
            try:
                self.samples.append((time.monotonic() - began, resident(self.pid)))
            except psutil.NoSuchProcess:
                return


def resident(pid: int) -> float:
    """Give the MiB of a process and of those that it started, less what they share with it."""
    parent = psutil.Process(pid)
    every = [parent, *parent.children(recursive=True)]
    return sum(each.memory_full_info().uss for each in every) / 2**20


def growth(samples: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """Give the MiB at the beginning and at the end of what comes after the warm-up.

    Each is the median of a quarter of the time; None where that is too short to tell.
    """
    late = [(when, size) for when, size in samples if when >= WARM_UP]
    if not late or late[-1][0] - late[0][0] < SHORTEST:
        return None
    quarter = max(1, len(late) // 4)
    first, last = late[:quarter], late[-quarter:]
    return statistics.median(s for _, s in first), statistics.median(s for _, s in last)


def is_flat(before: float, after: float) -> bool:
    return after - before <= max(before * RELATIVE, ABSOLUTE)


def as_svg(samples: Sequence[tuple[float, float]]) -> str:
    """Draw it: MiB over seconds."""
    width, height, edge = 800, 300, 50
    longest = max((when for when, _ in samples), default=1.0) or 1.0
    highest = max((size for _, size in samples), default=1.0) * 1.1 or 1.0
    points = " ".join(
        f"{edge + when / longest * width:.1f},{edge + height - size / highest * height:.1f}"
        for when, size in samples
    )
    right, bottom = edge + width, edge + height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right + edge} {bottom + edge}"'
        ' font-family="sans-serif" font-size="13">\n'
        '<rect width="100%" height="100%" fill="white"/>\n'
        f'<path d="M{edge} {edge}V{bottom}H{right}" fill="none" stroke="gray"/>\n'
        f'<polyline points="{points}" fill="none" stroke="steelblue" stroke-width="2"/>\n'
        f'<text x="{edge}" y="{edge - 10}">{highest:.0f} MiB, the service and its workers</text>\n'
        f'<text x="{right}" y="{bottom + 20}" text-anchor="end">{longest:.0f} s</text>\n'
        "</svg>\n"
    )
