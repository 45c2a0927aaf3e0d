"""The rules and the routing, read by the programs that will run on them."""

import re

from tests.observe.programs import run
from tests.observe.queries import RULES
from tests.unit.observability_page import ROOT


def check_syntax() -> str:
    said = run(["promtool", "check", "rules", RULES / "recording.yml", RULES / "alerts.yml"])
    found = re.findall(r"(\d+) rules found", said)
    return f"{sum(map(int, found))} rules"


def check_config() -> str:
    run(["promtool", "check", "config", "--syntax-only", ROOT / "observability/prometheus.yml"])
    return "observability/prometheus.yml"


def check_tests() -> str:
    run(["promtool", "test", "rules", RULES / "tests.yml"])
    return "observability/rules/tests.yml"


def check_routing() -> str:
    said = run(["amtool", "check-config", ROOT / "observability/alertmanager.yml"])
    return ", ".join(line.strip(" -") for line in said.splitlines() if "receiver" in line)
