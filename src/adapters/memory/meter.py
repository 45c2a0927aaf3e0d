"""Null meter, and a recording one for tests."""

from collections import defaultdict

from application.metrics import Counter, Gauge, Histogram, Metric
from application.ports.meter import Meter, Take

Series = tuple[str, tuple[str, ...]]


class MemoryMeter(Meter):
    """Remembers everything: `value` of counters and gauges, `values` of histograms."""

    def __init__(self) -> None:
        self._numbers: defaultdict[Series, float] = defaultdict(float)
        self._values: defaultdict[Series, list[float]] = defaultdict(list)

    @property
    def is_on(self) -> bool:
        return True

    def value(self, metric: Metric, *labels: str) -> float:
        return self._numbers.get(_series(metric, labels), 0)

    def values(self, histogram: Histogram, *labels: str) -> list[float]:
        return [*self._values.get(_series(histogram, labels), ())]

    def series(self, metric: Metric) -> set[tuple[str, ...]]:
        """Give the labels of every series of `metric`."""
        every = [*self._numbers, *self._values]
        return {labels for name, labels in every if name == metric.name}

    def add(self, counter: Counter, *labels: str, amount: float = 1) -> None:
        self._numbers[_series(counter, labels)] += amount

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        self._values[_series(histogram, labels)].append(value)

    def bound(self, metric: Counter | Histogram | Gauge, *labels: str) -> Take:
        _series(metric, labels)
        if isinstance(metric, Gauge):
            return lambda value: self.set(metric, value, *labels)
        if isinstance(metric, Counter):
            return lambda amount: self.add(metric, *labels, amount=amount)
        return lambda value: self.observe(metric, value, *labels)

    def set(self, gauge: Gauge, value: float, *labels: str) -> None:
        self._numbers[_series(gauge, labels)] = value


class NullMeter(Meter):
    """Records nothing: for commands, which are not scraped."""

    is_on = False

    def add(self, counter: Counter, *labels: str, amount: float = 1) -> None: ...

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None: ...

    def bound(self, metric: Counter | Histogram | Gauge, *labels: str) -> Take:
        return _forget

    def set(self, gauge: Gauge, value: float, *labels: str) -> None: ...


def _forget(_: float) -> None:
    """Discard a number."""


def _series(metric: Metric, labels: tuple[str, ...]) -> Series:
    if len(labels) != len(metric.labels):
        raise ValueError(f"{metric.name} has the labels {metric.labels}, not {labels}")
    return metric.name, labels
