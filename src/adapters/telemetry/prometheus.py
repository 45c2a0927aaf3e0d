"""Prometheus meter in multiprocess mode.

prometheus-client decides when it is imported whether it keeps numbers for one process or for
many: import this module only where `PROMETHEUS_MULTIPROC_DIR` is set (`exposition.folder`).
"""

from collections.abc import Collection
from typing import Final, cast

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

from adapters.telemetry import mmap_values
from application.metrics import METRICS, Across, Counter, Gauge, Histogram, Metric
from application.ports.meter import Meter, Take

_MODES: Final = {Across.SUM: "livesum", Across.MAX: "livemax"}


class PrometheusMeter(Meter):
    """Writes numbers into files of this process, which its parent reads and serves.

    Each series is made when it is first used and kept, so that a call is a look-up and a write.
    """

    def __init__(self, metrics: Collection[Metric] = METRICS) -> None:
        mmap_values.use()
        registry = prometheus_client.CollectorRegistry()
        self._made = {metric.name: _made(metric, registry) for metric in metrics}
        self._bound: dict[tuple[str, tuple[str, ...]], Take] = {}
        self._gauges: dict[tuple[str, tuple[str, ...]], prometheus_client.Gauge] = {}
        for metric in metrics:
            if isinstance(metric, Counter):
                for labels in metric.known:
                    self.bound(metric, *labels)

    @property
    def is_on(self) -> bool:
        return True

    def add(self, counter: Counter, *labels: str, amount: float = 1) -> None:
        grow = self._bound.get((counter.name, labels)) or self.bound(counter, *labels)
        grow(amount)

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        take = self._bound.get((histogram.name, labels)) or self.bound(histogram, *labels)
        take(value)

    def bound(self, metric: Counter | Histogram, *labels: str) -> Take:
        series = self._series(metric, labels)
        # What its own `inc` and `observe` do in the end, without a look at what is known here.
        if isinstance(series, prometheus_client.Counter):
            take = mmap_values.growing(series._value)  # noqa: SLF001 - there is no other way to it
        else:
            of = cast("prometheus_client.Histogram", series)
            take = mmap_values.taking(of._sum, of._upper_bounds, of._buckets)  # noqa: SLF001 - as above
        self._bound[metric.name, labels] = take
        return take

    def set(self, gauge: Gauge, value: float, *labels: str) -> None:
        series = self._gauges.get((gauge.name, labels))
        if series is None:
            series = cast("prometheus_client.Gauge", self._series(gauge, labels))
            self._gauges[gauge.name, labels] = series
        series.set(value)

    def _series(self, metric: Metric, labels: tuple[str, ...]) -> MetricWrapperBase:
        made = self._made[metric.name]
        return made.labels(*labels) if metric.labels else made


def _made(metric: Metric, registry: prometheus_client.CollectorRegistry) -> MetricWrapperBase:
    names = (metric.name, metric.meaning, metric.labels)
    match metric:
        case Counter():
            return prometheus_client.Counter(*names, registry=registry)
        case Histogram(bounds=bounds):
            return prometheus_client.Histogram(*names, registry=registry, buckets=bounds)
        case Gauge(across=across):
            return prometheus_client.Gauge(
                *names,
                registry=registry,
                multiprocess_mode=_MODES[across],  # type: ignore[arg-type]  # one of its literals
            )
    raise TypeError(f"{metric!r} is no kind of metric")
