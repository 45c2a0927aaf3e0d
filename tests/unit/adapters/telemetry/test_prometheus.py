"""The meter for several processes, with this one as one of them."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
from prometheus_client.registry import Collector

from adapters.telemetry import exposition
from adapters.telemetry.event_logger import EventLogger
from adapters.telemetry.prometheus import PrometheusMeter
from application.metrics import (
    AUTHENTICATIONS,
    CACHE_MISSES,
    CIRCUIT_STATE,
    CONNECTIONS_ACTIVE,
    HTTP_DURATION,
    Histogram,
    Metric,
)
from tests.unit.contracts.meter import MeterContract, Read


class TestPrometheusMeter(MeterContract):
    @pytest.fixture
    def meter(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrometheusMeter]:
        monkeypatch.setenv(exposition.FOLDER, str(tmp_path))
        meter = PrometheusMeter()
        yield meter
        meter.close()

    @pytest.fixture
    def read(self, tmp_path: Path) -> Read:
        def value(metric: Metric, *labels: str) -> float:
            name = f"{metric.name}_count" if isinstance(metric, Histogram) else metric.name
            return _sample(tmp_path, name, dict(zip(metric.labels, labels, strict=True)))

        return value


def _sample(folder: Path, name: str, labels: dict[str, str]) -> float:
    shared: Any = exposition._Shared(folder)
    samples = [sample for metric in shared.collect() for sample in metric.samples]
    return float(sum(s.value for s in samples if s.name == name and s.labels == labels))


def test_numbers_are_exposed_as_those_of_the_classes_of_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(exposition.FOLDER, str(tmp_path))
    theirs = prometheus_client.CollectorRegistry()

    def words(metric: Metric) -> tuple[str, str, tuple[str, ...]]:
        return metric.name, metric.meaning, metric.labels

    counter = prometheus_client.Counter(*words(AUTHENTICATIONS), registry=theirs)
    gauge = prometheus_client.Gauge(*words(CIRCUIT_STATE), registry=theirs)
    histogram = prometheus_client.Histogram(
        *words(HTTP_DURATION), registry=theirs, buckets=HTTP_DURATION.bounds
    )
    with closing(PrometheusMeter(())) as meter:
        meter.add(AUTHENTICATIONS, "success", amount=2)
        counter.labels("success").inc(2)
        meter.set(CIRCUIT_STATE, 2, "database")
        gauge.labels("database").set(2)
        for value in (0.001, 0.0011, 3, 10, 99):
            meter.observe(HTTP_DURATION, value, "GET", "/a")
            histogram.labels("GET", "/a").observe(value)

    ours: Any = exposition._Shared(tmp_path)
    assert _exposed(ours) == _exposed(theirs)


def _exposed(collector: Collector) -> set[tuple[object, ...]]:
    return {
        (metric.name, metric.type, metric.documentation, s.name, *sorted(s.labels.items()), s.value)
        for metric in collector.collect()
        for s in metric.samples
        if not s.name.endswith("_created")
    }


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Go on as a process with an id that no process has (`pid_max` is 2**22 at most)."""

    def become(number: int) -> None:
        monkeypatch.setattr(os, "getpid", lambda: 2**22 + number)

    return become


def test_what_a_dead_process_counted_stays_and_what_it_held_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: Callable[[int], None]
) -> None:
    monkeypatch.setenv(exposition.FOLDER, str(tmp_path))
    for number in (1, 2):
        dead(number)
        with closing(PrometheusMeter()) as meter:
            meter.add(CACHE_MISSES, amount=4)
            meter.set(CONNECTIONS_ACTIVE, 9)
    assert len([*tmp_path.glob("gauge_livesum_*.db")]) == 2

    assert _sample(tmp_path, "cache_misses_total", {}) == 8
    assert _sample(tmp_path, "database_connections_active", {}) == 0


def test_a_process_with_the_id_of_a_dead_one_counts_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: Callable[[int], None]
) -> None:
    monkeypatch.setenv(exposition.FOLDER, str(tmp_path))
    for _ in range(2):
        dead(1)
        with closing(PrometheusMeter()) as meter:
            meter.add(CACHE_MISSES)

    assert _sample(tmp_path, "cache_misses_total", {}) == 2


def test_what_is_few_and_known_stands_at_0_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: Callable[[int], None]
) -> None:
    monkeypatch.setenv(exposition.FOLDER, str(tmp_path))
    import_module("application.handlers")  # with all events
    for number in (1, 2):
        dead(number)
        with closing(PrometheusMeter()) as meter:
            EventLogger(meter)

    shared: Any = exposition._Shared(tmp_path)
    samples = [sample for metric in shared.collect() for sample in metric.samples]
    counts = {(s.name, *s.labels.values()): s.value for s in samples if s.name.endswith("_total")}
    assert set(counts.values()) == {0}
    assert counts.keys() >= {
        ("cache_hits_total",),
        ("cache_misses_total",),
        ("log_lines_dropped_total",),
        ("password_hashing_refused_total",),
        ("rate_limit_decisions_total", "refused"),
        ("authentication_attempts_total", "success"),
        ("authentication_attempts_total", "invalid_credentials"),
        ("authentication_attempts_total", "user_inactive"),
        ("business_events_total", "SessionOpened"),
        ("business_events_total", "ProfileUpdated"),
        ("failed_open_total", "cache", "get"),
        ("failed_open_total", "rate limiter", "hit"),
        ("circuit_breaker_failures_total", "database"),
    }
    assert "http_requests_total" not in {name for name, *_ in counts}
