"""What dashboards, rules and the runbook speak of is there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from application.metrics import METRICS, Histogram
from tests.unit.observability_page import DASHBOARDS, PAGE, ROOT, page, panels

RULES = ROOT / "observability" / "rules"
OWN = {
    **{metric.name: {*metric.labels} for metric in METRICS},
    **{
        f"{metric.name}{ending}": {*metric.labels, *(["le"] if ending == "_bucket" else [])}
        for metric in METRICS
        if isinstance(metric, Histogram)
        for ending in ("_bucket", "_sum", "_count")
    },
    "up": set(),
    "armature_build_info": {"version", "python"},
    "armature_cpu_limit": set(),
    "armature_memory_limit_bytes": set(),
    "process_cpu_seconds_total": {"process"},
    "process_resident_memory_bytes": {"process"},
}
SCRAPED = {"job", "instance"}
SELECTOR = re.compile(r"(?<![\w:])([a-z_][a-z0-9_:]*)\s*\{([^}]*)\}")
BY = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")
RECORDED = re.compile(r"\barmature:[a-z0-9_:]+")


def groups(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((RULES / name).read_text())["groups"]
    return [rule for group in found for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    for file in DASHBOARDS:
        for panel in panels(file):
            for target in panel["targets"]:
                yield f"{file.stem}: {panel['title']}", target["expr"]
    for name in ("recording.yml", "alerts.yml"):
        for rule in groups(name):
            yield rule.get("alert") or rule["record"], rule["expr"]


@pytest.mark.parametrize(("where", "expression"), [*expressions()])
def test_every_query_asks_for_metrics_and_labels_that_there_are(
    where: str, expression: str
) -> None:
    selected = SELECTOR.findall(expression)
    recorded = {rule["record"] for rule in groups("recording.yml")}
    known = set(SCRAPED)

    assert selected or RECORDED.search(expression), where
    assert {*RECORDED.findall(expression)} <= recorded
    for name, labels in selected:
        assert name in OWN, where
        known |= OWN[name]
        asked = {part.strip().partition("=")[0].rstrip("!") for part in labels.split(",") if part}
        assert asked <= OWN[name] | SCRAPED, where
    grouped = {name.strip() for each in BY.findall(expression) for name in each.split(",")}
    assert not selected or grouped <= known, where


def test_every_alert_has_a_page_in_the_runbook_and_every_page_an_alert() -> None:
    alerts = {rule["alert"]: rule for rule in groups("alerts.yml")}
    pages = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)

    assert sorted(pages) == sorted(alerts)
    for name, rule in alerts.items():
        assert rule["annotations"]["runbook_url"].endswith(f"#{name.lower()}")
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert {"summary", "description"} <= set(rule["annotations"])


def test_every_alert_is_tried() -> None:
    tests = (RULES / "tests.yml").read_text()

    assert [rule["alert"] for rule in groups("alerts.yml") if rule["alert"] not in tests] == []


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(PAGE.read_text()), "run `just docs`"
