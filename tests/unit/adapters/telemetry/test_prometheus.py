"""The meter for several processes, with this one as one of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
from prometheus_client.registry import Collector

from adapters.telemetry import exposition
from adapters.telemetry.prometheus import PrometheusMeter
from application.metrics import AUTHENTICATIONS, CIRCUIT_STATE, HTTP_DURATION, Histogram, Metric
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


ANOTHER_PROCESS = """
from adapters.telemetry.prometheus import PrometheusMeter
from application.metrics import CACHE_MISSES, CONNECTIONS_ACTIVE

meter = PrometheusMeter()
meter.add(CACHE_MISSES, amount=4)
meter.set(CONNECTIONS_ACTIVE, 9)
"""


def test_what_a_dead_process_counted_stays_and_what_it_held_goes(tmp_path: Path) -> None:
    environment = {**os.environ, exposition.FOLDER: str(tmp_path), "PYTHONPATH": "src"}
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", ANOTHER_PROCESS],
            env=environment,
            cwd=Path(__file__).parents[4],
            check=True,
        )
    assert len([*tmp_path.glob("gauge_livesum_*.db")]) == 2

    assert _sample(tmp_path, "cache_misses_total", {}) == 8
    assert _sample(tmp_path, "database_connections_active", {}) == 0


AT_THE_START = """
from adapters.telemetry.event_logger import EventLogger
from adapters.telemetry.prometheus import PrometheusMeter
import application.handlers

EventLogger(PrometheusMeter())
"""


def test_what_is_few_and_known_stands_at_0_from_the_start(tmp_path: Path) -> None:
    environment = {**os.environ, exposition.FOLDER: str(tmp_path), "PYTHONPATH": "src"}
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", AT_THE_START],
            env=environment,
            cwd=Path(__file__).parents[4],
            check=True,
        )

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
