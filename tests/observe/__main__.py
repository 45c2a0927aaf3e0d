"""What an operator sees, on the programs that show it: `just observe`.

A real Prometheus scrapes the service under load and is asked every query there is; a real receiver
of OTLP gets its spans. Prints a table; exits with 1 when anything is not as promised, and with 2
when a program is missing.
"""

import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.faults.servers import Servers, started
from tests.faults.service import Service, serving
from tests.observe import answers, numbers, rules, traces
from tests.observe.collector import collecting
from tests.observe.load import Load
from tests.observe.programs import missing
from tests.observe.report import NotAsPromisedError, Row, table
from tests.observe.scraping import scraping
from tests.services.process import free_port

UNLIMITED = ",".join(
    f"{limit}=10000/1s"
    for limit in ("auth", "api", "login-account", "login-global", "password-proof")
)
"""Counted, and never reached."""


class Lane:
    """Runs checks one after the other, and keeps what each found."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def check(self, what: str, look: Callable[[], str]) -> None:
        try:
            row = Row(what, look())
        except NotAsPromisedError as error:
            row = Row(what, str(error), is_good=False)
        except Exception as error:  # noqa: BLE001 - the other checks have something to say as well
            traceback.print_exc()
            row = Row(what, f"{type(error).__name__}: {error}", is_good=False)
        self.rows.append(row)
        print(f"{'ok' if row.is_good else 'FAILED'}: {what}", file=sys.stderr, flush=True)


def main() -> int:
    if without := missing():
        print("\n".join(without), file=sys.stderr)
        return 2
    lane = Lane()
    lane.check("promtool check rules", rules.check_syntax)
    lane.check("promtool check config", rules.check_config)
    lane.check("promtool test rules", rules.check_tests)
    lane.check("amtool check-config", rules.check_routing)
    with started() as servers:
        with tempfile.TemporaryDirectory(prefix="ao-") as folder:
            _observe(lane, servers, Path(folder))
        with tempfile.TemporaryDirectory(prefix="ao-") as folder:
            _without_collector(lane, servers, Path(folder))
    print(table(lane.rows))
    return 0 if all(row.is_good for row in lane.rows) else 1


def _observe(lane: Lane, servers: Servers, folder: Path) -> None:
    with collecting(folder) as collector:
        port, variables = _variables(servers, collector.url)
        metrics = f"http://127.0.0.1:{port}/metrics"
        with (
            serving(folder, variables) as service,
            scraping(folder, f"127.0.0.1:{port}") as prometheus,
            httpx.Client(base_url=service.url, timeout=30) as client,
        ):
            load = _prepared(service, client)
            lane.check("queries, all well", lambda: answers.check_in_peace(load, prometheus))
            lane.check("spans: parentage", lambda: traces.check_parentage(load, collector))
            lane.check("spans: a root of their own", lambda: traces.check_own_root(load, collector))
            lane.check("spans: not sampled", lambda: traces.check_unsampled(load, collector))
            lane.check(
                "metrics: two workers", lambda: numbers.check_sum(load, service.url, metrics)
            )
            lane.check(
                "queries, after outages",
                lambda: answers.check_after_outages(load, prometheus, servers),
            )
            lane.check("spans: no values", lambda: traces.check_secrecy(load, collector))
            lane.check("metrics: a worker killed", lambda: numbers.check_death(service, metrics))


def _without_collector(lane: Lane, servers: Servers, folder: Path) -> None:
    port, variables = _variables(servers, f"http://127.0.0.1:{free_port()}")
    metrics = f"http://127.0.0.1:{port}/metrics"
    with (
        serving(folder, variables) as service,
        httpx.Client(base_url=service.url, timeout=30) as client,
    ):
        load = _prepared(service, client)
        lane.check("spans: no collector", lambda: numbers.check_dead_collector(load, metrics))
        lane.check(
            "metrics: made-up paths", lambda: numbers.check_cardinality(service.url, metrics)
        )


def _variables(servers: Servers, collector: str) -> tuple[int, dict[str, str]]:
    """Give the port of the metrics, and everything that the service is told."""
    port = free_port()
    return port, {
        "DATABASE_URL": servers.fresh_database(),
        "REDIS_URL": servers.cache_url,
        "RATE_LIMIT_URL": servers.cache_url,
        "RATE_LIMITS": UNLIMITED,
        "HTTP_WORKERS": "2",
        "METRICS_PORT": str(port),
        # Long enough to look at a service that lost a worker, and ends for that.
        "DRAIN_DELAY": "10s",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }


def _prepared(service: Service, client: httpx.Client) -> Load:
    load = Load(client)
    load.register()
    service.command("users", "grant", load.email, "admin")
    return load


if __name__ == "__main__":
    sys.exit(main())
