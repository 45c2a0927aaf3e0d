"""Metrics for Prometheus, from several processes.

prometheus-client decides when it is imported whether it keeps numbers for one process or for
many: import this module only where `PROMETHEUS_MULTIPROC_DIR` is set (`exposition.folder`).
"""

from bisect import bisect_left
from collections.abc import Collection
from typing import Final, TypeVar, cast

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

from adapters.telemetry import shared_value
from application.metrics import METRICS, Across, Counter, Gauge, Histogram, Metric
from application.ports.meter import Meter

K = TypeVar("K", bound=MetricWrapperBase)
_Series = dict[tuple[str, tuple[str, ...]], K]

_MODES: Final = {Across.SUM: "livesum", Across.MAX: "livemax"}


class PrometheusMeter(Meter):
    """Writes numbers into files of this process, which its parent reads and serves.

    Each series is made when it is first used and kept, so that a call is a look-up and a write.
    """

    def __init__(self, metrics: Collection[Metric] = METRICS) -> None:
        shared_value.use()
        registry = prometheus_client.CollectorRegistry()
        self._made = {metric.name: _made(metric, registry) for metric in metrics}
        self._counters: _Series[prometheus_client.Counter] = {}
        self._histograms: _Series[prometheus_client.Histogram] = {}
        self._gauges: _Series[prometheus_client.Gauge] = {}
        for metric in metrics:
            if isinstance(metric, Counter):
                for labels in metric.known:
                    self.add(metric, *labels, amount=0)

    @property
    def is_on(self) -> bool:
        return True

    def add(self, counter: Counter, *labels: str, amount: float = 1) -> None:
        series = self._counters.get((counter.name, labels))
        if series is None:
            series = self._series(self._counters, counter, labels)
        series.inc(amount)

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        series = self._histograms.get((histogram.name, labels))
        if series is None:
            series = self._series(self._histograms, histogram, labels)
        # What its own `observe` does, without a look at each bound.
        series._sum.inc(value)  # noqa: SLF001 - as above
        series._buckets[bisect_left(series._upper_bounds, value)].inc(1)  # noqa: SLF001 - as above

    def set(self, gauge: Gauge, value: float, *labels: str) -> None:
        series = self._gauges.get((gauge.name, labels))
        if series is None:
            series = self._series(self._gauges, gauge, labels)
        series.set(value)

    def _series(self, kept: "_Series[K]", metric: Metric, labels: tuple[str, ...]) -> K:
        made = cast("K", self._made[metric.name])
        series = made.labels(*labels) if metric.labels else made
        kept[metric.name, labels] = series
        return series


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
