"""The meter for several processes, with this one as one of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapters.telemetry import exposition
from application.metrics import Histogram, Metric
from tests.unit.contracts.meter import MeterContract, Read

if TYPE_CHECKING:
    from adapters.telemetry.prometheus import PrometheusMeter


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of all tests here: prometheus-client keeps its files open for good."""
    path = tmp_path_factory.mktemp("metrics")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(exposition.FOLDER, str(path))
        yield path


@pytest.fixture(scope="module")
def only_meter(shared: Path) -> "PrometheusMeter":
    from adapters.telemetry.prometheus import PrometheusMeter

    return PrometheusMeter()


class TestPrometheusMeter(MeterContract):
    @pytest.fixture
    def meter(self, only_meter: "PrometheusMeter") -> "PrometheusMeter":
        return only_meter

    @pytest.fixture
    def read(self, only_meter: "PrometheusMeter", shared: Path) -> Read:
        def value(metric: Metric, *labels: str) -> float:
            name = f"{metric.name}_count" if isinstance(metric, Histogram) else metric.name
            return _sample(shared, name, dict(zip(metric.labels, labels, strict=True)))

        return value


def _sample(folder: Path, name: str, labels: dict[str, str]) -> float:
    shared: Any = exposition._Shared(folder)
    samples = [sample for metric in shared.collect() for sample in metric.samples]
    return float(sum(s.value for s in samples if s.name == name and s.labels == labels))


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
