"""A real Prometheus that scrapes the service every second."""

import math
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.observe.queries import RULES, Query
from tests.observe.report import NotAsPromisedError
from tests.services.process import free_port

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Prometheus:
    url: str

    def ask(self, expression: str) -> list[float]:
        """Give the values of an expression now; raises what it is refused for."""
        answer = self._get("/api/v1/query", query=expression)
        found: list[dict[str, Any]] = answer["result"]
        return [float(each["value"][1]) for each in found]

    def has(self, query: Query) -> bool:
        """Whether a panel would draw something: 0/0 is no number."""
        return any(math.isfinite(value) for value in self.ask(query.expression))

    def scrapes(self) -> float:
        return sum(self.ask('count_over_time(up{job="armature"}[10m])'))

    def ailing_rules(self) -> list[str]:
        groups: list[dict[str, Any]] = self._get("/api/v1/rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        return [f"{r['name']}: {r.get('lastError')}" for r in rules if r["health"] != "ok"]

    def _get(self, path: str, **parameters: str) -> dict[str, Any]:
        answer = httpx.get(f"{self.url}{path}", params=parameters, timeout=30)
        body: dict[str, Any] = answer.json()
        if body["status"] != "success":
            raise NotAsPromisedError(f"{parameters}: {body.get('error')}")
        data: dict[str, Any] = body["data"]
        return data


@contextmanager
def scraping(folder: Path, target: str) -> Iterator[Prometheus]:
    port = free_port()
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_configuration(target)))
    address = f"127.0.0.1:{port}"
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address={address}",
    ]
    with (folder / "prometheus.log").open("wb") as log:
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait(address, running, folder / "prometheus.log")
        yield Prometheus(f"http://{address}")
    finally:
        running.terminate()
        running.wait(PATIENCE)


def _configuration(target: str) -> dict[str, Any]:
    """Our own, but for the times, and where the service is."""
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES / name) for name in ("recording.yml", "alerts.yml")],
        "scrape_configs": [{"job_name": "armature", "static_configs": [{"targets": [target]}]}],
    }


def _wait(address: str, running: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        try:
            if httpx.get(f"http://{address}/-/ready", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise NotAsPromisedError(f"prometheus did not start: {log.read_text()[-1500:]}")
