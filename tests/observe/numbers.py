"""Whether `/metrics` counts right: over several workers, of the dead, and with bounded labels."""

import concurrent.futures
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.service import Service
from tests.observe.load import Load
from tests.observe.report import demand

PATHS = 10_000
CLIENTS = 4
PATIENCE = 30.0

Series = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Page:
    values: dict[Series, float]

    def total(self, name: str, **labels: str) -> float:
        return sum(
            value
            for (found, having), value in self.values.items()
            if found == name and labels.items() <= dict(having).items()
        )

    def of(self, name: str) -> set[Series]:
        return {series for series in self.values if series[0] == name}


def page(metrics: str) -> Page:
    text = httpx.get(metrics, timeout=10).raise_for_status().text
    return Page(
        {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
    )


def check_sum(load: Load, url: str, metrics: str) -> str:
    """Every request counts once, whichever worker took it."""
    labels = {"method": "GET", "endpoint": "/api/v1/users/me", "status": "200"}
    before = page(metrics).total("http_requests_total", **labels)
    sent = 200
    for _ in range(sent):
        # A connection of its own each, so that both workers have their part.
        httpx.get(f"{url}/api/v1/users/me", headers=load.bearer).raise_for_status()
    counted = page(metrics).total("http_requests_total", **labels) - before
    demand(counted == sent, f"{sent} requests were sent and {counted:.0f} counted")
    return f"{sent} sent, {counted:.0f} counted"


def check_cardinality(url: str, metrics: str) -> str:
    """Nobody makes series by making up paths."""
    httpx.get(f"{url}/health")
    httpx.request("BREW", f"{url}/nowhere")
    before = page(metrics)
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: _get_unknown(url, PATHS // CLIENTS), range(CLIENTS)))
    after = page(metrics)
    # Numbers of what the server itself does, as retries, may come meanwhile; of requests only one.
    added = after.of("http_requests_total") - before.of("http_requests_total")
    demand(len(added) == 1, f"{len(added)} series came: {sorted(added)[:5]}")
    counted = after.total("http_requests_total", method="GET", endpoint="unmatched", status="404")
    demand(counted == PATHS, f"{counted:.0f} of {PATHS} were counted")
    return f"{PATHS} unknown paths, {len(added)} series of http_requests_total more"


def check_death(service: Service, metrics: str) -> str:
    """A worker is killed: while the others drain, its counts are there, and what it held is not."""
    before = page(metrics)
    limit = before.total("database_connections_limit")
    asked = before.total("http_requests_total", endpoint="/api/v1/users/me")
    workers = service.workers()
    os.kill(_server_among(workers, service), signal.SIGKILL)
    after = _until(metrics, lambda now: now.total("database_connections_limit") < limit)
    left = after.total("database_connections_limit")
    demand(left == limit / 2, f"connections of two workers: {limit}, of the one left: {left}")
    kept = after.total("http_requests_total", endpoint="/api/v1/users/me")
    demand(kept == asked, f"{asked:.0f} requests were counted before, {kept:.0f} after")
    return f"{kept:.0f} requests still counted, connections allowed {limit:.0f} -> {left:.0f}"


def check_dead_collector(load: Load, metrics: str) -> str:
    """Nobody collects: callers notice nothing, and the spans are counted."""
    before = page(metrics).total("trace_spans_dropped_total")
    took = []
    for _ in range(50):
        began = time.perf_counter()
        load.me().raise_for_status()
        took.append(time.perf_counter() - began)
    slowest = max(took)
    demand(slowest < 2, f"an answer took {slowest:.1f} s")
    after = _until(metrics, lambda now: now.total("trace_spans_dropped_total") > before)
    dropped = after.total("trace_spans_dropped_total")
    demand(dropped > before, "no dropped span was counted")
    return (
        f"{len(took)} answers, the slowest in {slowest * 1000:.0f} ms, {dropped:.0f} spans dropped"
    )


def _get_unknown(url: str, number: int) -> None:
    with httpx.Client(base_url=url, timeout=30) as client:
        for _ in range(number):
            answer = client.get(f"/{uuid4().hex}")
            demand(answer.status_code == httpx.codes.NOT_FOUND, answer.text)


def _server_among(pids: list[int], service: Service) -> int:
    demand(len(pids) >= int(service.variables["HTTP_WORKERS"]), f"too few workers: {pids}")
    return pids[-1]


def _until(metrics: str, holds: Callable[[Page], bool]) -> Page:
    deadline = time.monotonic() + PATIENCE
    while not holds(now := page(metrics)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return now
