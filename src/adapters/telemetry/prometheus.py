"""Metrics for Prometheus, from several processes.

prometheus-client decides when it is imported whether it keeps numbers for one process or for
many: import this module only where `PROMETHEUS_MULTIPROC_DIR` is set (`exposition.folder`).
"""

from collections.abc import Iterable
from typing import Final, TypeVar

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

from application.metrics import METRICS, Across, Counter, Gauge, Histogram, Metric
from application.ports.meter import Meter

K = TypeVar("K", bound=MetricWrapperBase)

_MODES: Final = {Across.SUM: "livesum", Across.MAX: "livemax"}


class PrometheusMeter(Meter):
    """Writes numbers into files of this process, which its parent reads and serves.

    Each series is made when it is first used and kept, so that a call is a look-up and a write.
    """

    def __init__(self, metrics: Iterable[Metric] = METRICS) -> None:
        registry = prometheus_client.CollectorRegistry()
        made = {metric: _made(metric, registry) for metric in metrics}
        self._counters = {m: c for m, c in made.items() if isinstance(c, prometheus_client.Counter)}
        self._histograms = {
            m: c for m, c in made.items() if isinstance(c, prometheus_client.Histogram)
        }
        self._gauges = {m: c for m, c in made.items() if isinstance(c, prometheus_client.Gauge)}
        self._series: dict[tuple[str, tuple[str, ...]], object] = {}

    @property
    def is_on(self) -> bool:
        return True

    def add(self, counter: Counter, *labels: str, amount: float = 1) -> None:
        self._labelled(counter, self._counters[counter], labels).inc(amount)

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        self._labelled(histogram, self._histograms[histogram], labels).observe(value)

    def set(self, gauge: Gauge, value: float, *labels: str) -> None:
        self._labelled(gauge, self._gauges[gauge], labels).set(value)

    def _labelled(self, metric: Metric, made: K, labels: tuple[str, ...]) -> K:
        if not metric.labels:
            return made
        key = (metric.name, labels)
        kept = self._series.get(key)
        if kept is None:
            kept = self._series[key] = made.labels(*labels)
        return kept  # type: ignore[return-value]  # of the kind that `labels` gives


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
