"""Prometheus meter in multiprocess mode.

Writes the files that prometheus-client's `MultiProcessCollector` adds up, by the library's own
`MmapedDict`. Its metric classes write the same files, and look the process id up for each number:
a tenth of the CPU time of `GET /users/me` (ADR 20).
"""

import os
from bisect import bisect_left
from collections.abc import Callable, Collection
from math import inf
from pathlib import Path
from threading import Lock
from typing import Final

from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.utils import floatToGoString

from adapters.telemetry.exposition import FOLDER
from application.metrics import METRICS, Across, Counter, Gauge, Histogram, Metric
from application.ports.meter import Meter, Take

_MODES: Final = {Across.SUM: "livesum", Across.MAX: "livemax"}


class PrometheusMeter(Meter):
    """Writes numbers into files of this process, which must not fork any more.

    Each series is made when it is first used and kept, so that a call is a look-up and a write.
    """

    def __init__(self, metrics: Collection[Metric] = METRICS) -> None:
        self._folder = Path(os.environ[FOLDER])
        self._files: dict[str, MmapedDict] = {}
        self._lock = Lock()
        self._bound: dict[tuple[str, tuple[str, ...]], Take] = {}
        for metric in metrics:
            known = metric.known if isinstance(metric, Counter) else ()
            for labels in known if metric.labels else ((),):
                self._made(metric, labels)

    def close(self) -> None:
        """Close the files; a process that serves keeps them to its end."""
        for file in self._files.values():
            file.close()  # type: ignore[no-untyped-call]  # it has no types

    @property
    def is_on(self) -> bool:
        return True

    def add(self, counter: Counter, *labels: str, amount: float = 1) -> None:
        self._series(counter, labels)(amount)

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        self._series(histogram, labels)(value)

    def bound(self, metric: Counter | Histogram | Gauge, *labels: str) -> Take:
        return self._series(metric, labels)

    def set(self, gauge: Gauge, value: float, *labels: str) -> None:
        self._series(gauge, labels)(value)

    def _series(self, metric: Metric, labels: tuple[str, ...]) -> Take:
        return self._bound.get((metric.name, labels)) or self._made(metric, labels)

    def _made(self, metric: Metric, labels: tuple[str, ...]) -> Take:
        if len(labels) != len(metric.labels):
            raise ValueError(f"{metric.name} has the labels {metric.labels}, not {labels}")
        with self._lock:
            take = self._bound.get((metric.name, labels))
            if take is None:
                take = self._bound[metric.name, labels] = self._take(metric, labels)
        return take

    def _take(self, metric: Metric, labels: tuple[str, ...]) -> Take:
        lock, name = self._lock, metric.name
        match metric:
            case Counter():
                count = self._number("counter", metric, name, labels)

                def add(amount: float) -> None:
                    with lock:
                        count.value += amount
                        count.write(count.key, count.value, 0.0)

                return add
            case Histogram(bounds=bounds):
                total = self._number("histogram", metric, f"{name}_sum", labels)
                buckets = [
                    self._number("histogram", metric, f"{name}_bucket", (*labels, _le(bound)))
                    for bound in (*bounds, inf)
                ]

                def observe(value: float) -> None:
                    bucket = buckets[bisect_left(bounds, value)]
                    with lock:
                        total.value += value
                        total.write(total.key, total.value, 0.0)
                        bucket.value += 1
                        bucket.write(bucket.key, bucket.value, 0.0)

                return observe
            case Gauge(across=across):
                gauge = self._number(f"gauge_{_MODES[across]}", metric, name, labels)

                def put(value: float) -> None:
                    with lock:
                        gauge.write(gauge.key, value, 0.0)

                return put
        raise TypeError(f"{metric!r} is no kind of metric")

    def _number(self, kind: str, metric: Metric, name: str, labels: tuple[str, ...]) -> "_Number":
        file = self._files.get(kind)
        if file is None:
            path = self._folder / f"{kind}_{os.getpid()}.db"
            file = self._files[kind] = MmapedDict(str(path))  # type: ignore[no-untyped-call]  # as above
        family = metric.name.removesuffix("_total")
        names = [*metric.labels, "le"][: len(labels)]
        return _Number(file, mmap_key(family, name, names, [*labels], metric.meaning))


class _Number:
    """One number of a file: the sample of a series."""

    __slots__ = ("key", "value", "write")

    def __init__(self, file: MmapedDict, key: str) -> None:
        self.key = key
        self.write: Callable[[str, float, float], None] = file.write_value
        # Not always 0: a process id comes back, and counts of the dead stay.
        self.value, _ = file.read_value(key)  # type: ignore[no-untyped-call]  # as above


def _le(bound: float) -> str:
    """Write an upper bound as the label `le`, as prometheus-client does."""
    return str(floatToGoString(bound))  # type: ignore[no-untyped-call]  # as above
