"""Prometheus asked everything that dashboards, alerts and recording rules ask."""

import time
from dataclasses import dataclass

import httpx

from tests.faults.servers import Servers
from tests.observe.load import Load
from tests.observe.queries import Query, operands, queries
from tests.observe.report import demand
from tests.observe.scraping import Prometheus

SCRAPES = 8
"""How many have to see the load: a rate needs two, a rule its turn after them."""

QUIET = {
    "dependencies: Query errors": "no call of the database failed",
    "dependencies: Retries": "nothing was done again",
    "service: Error rate by type": "no answer blamed the service",
}
"""What has no data while all is well, and why that is right."""
QUIET_AFTER_OUTAGES = {"dependencies: Retries": QUIET["dependencies: Retries"]}
ALERTED = ("ArmatureErrorRateHigh", "ArmatureRunningWithoutDependency")
"""Alerts whose conditions two outages have to meet."""


@dataclass(frozen=True, slots=True)
class Asked:
    number: int
    empty: dict[str, str]

    def __str__(self) -> str:
        said = f"{self.number} queries, no error, {self.number - len(self.empty)} with data"
        return said + "".join(f"\n    empty: {where} ({why})" for where, why in self.empty.items())


def check_in_peace(load: Load, prometheus: Prometheus) -> str:
    _under_load(load, prometheus)
    ailing = prometheus.ailing_rules()
    demand(not ailing, f"rules that fail: {ailing}")
    return str(_ask(prometheus, QUIET))


def check_after_outages(load: Load, prometheus: Prometheus, servers: Servers) -> str:
    """Without the cache, then without the database: what counts failures has something to count."""
    servers.cache.kill()
    _through(load, prometheus)
    servers.cache.start()
    servers.kill_postgres()
    _through(load, prometheus)
    is_open = prometheus.has(_alert("ArmatureBreakerOpen"))
    servers.postgres.start()
    demand(is_open, "no database for a while, and no breaker is open")
    _until_ready(load)
    _under_load(load, prometheus)
    silent = [name for name in ALERTED if not prometheus.has(_alert(name))]
    demand(not silent, f"alerts that saw no outage: {silent}")
    return str(_ask(prometheus, QUIET_AFTER_OUTAGES))


def _alert(name: str) -> Query:
    return next(query for query in queries() if query.where == name)


def _ask(prometheus: Prometheus, quiet: dict[str, str]) -> Asked:
    asked = [*queries(), *operands()]
    empty = {
        f"{q.where}: {q.expression}" if q.kind == "operand" else q.where: q
        for q in asked
        if not prometheus.has(q)
    }
    excused = {where: _excuse(query, quiet) for where, query in empty.items()}
    unexplained = [where for where, why in excused.items() if not why]
    demand(not unexplained, f"without data: {unexplained}")
    return Asked(len(asked), excused)


def _excuse(query: Query, quiet: dict[str, str]) -> str:
    if query.kind == "alert":
        return "an alert that has no reason to fire"
    return quiet.get(query.where, "")


def _under_load(load: Load, prometheus: Prometheus) -> None:
    goal = prometheus.scrapes() + SCRAPES
    while prometheus.scrapes() < goal:
        for status in load.round():
            demand(status < httpx.codes.INTERNAL_SERVER_ERROR, f"the load was answered {status}")
        time.sleep(0.1)


def _through(load: Load, prometheus: Prometheus) -> None:
    """Go on while something is down, for as long as it takes to be seen."""
    for _ in range(4):
        load.round()
        # A route that answers with a new status makes a series, and a rate needs two scrapes of it.
        goal = prometheus.scrapes() + 2
        while prometheus.scrapes() < goal:
            time.sleep(0.1)


def _until_ready(load: Load) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if load.client.get("/health/ready").is_success and load.log_in().is_success:
            return
        time.sleep(0.2)
    demand(False, "the service did not recover")
