"""What dashboards, rules and the runbook speak of is there."""

import re

import pytest

from application.metrics import METRICS, Histogram
from tests.observe.queries import RECORDED, RULES, SELECTOR, labels_of, queries, rules
from tests.unit.observability_page import PAGE, ROOT, page

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
BY = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")


@pytest.mark.parametrize(
    ("where", "expression"), [(each.where, each.expression) for each in queries()]
)
def test_every_query_asks_for_metrics_and_labels_that_there_are(
    where: str, expression: str
) -> None:
    selected = SELECTOR.findall(expression)
    recorded = {rule["record"] for rule in rules("recording.yml")}
    known = set(SCRAPED)

    assert selected or RECORDED.search(expression), where
    assert {*RECORDED.findall(expression)} <= recorded
    for name, labels in selected:
        assert name in OWN, where
        known |= OWN[name]
        assert labels_of(labels) <= OWN[name] | SCRAPED, where
    grouped = {name.strip() for each in BY.findall(expression) for name in each.split(",")}
    assert not selected or grouped <= known, where


def test_labels_are_told_from_their_operators_and_values() -> None:
    assert labels_of('a="1", b!="x, y" , c=~"z|=", d!~"/health.*"') == {"a", "b", "c", "d"}


def test_every_alert_has_a_page_in_the_runbook_and_every_page_an_alert() -> None:
    alerts = {rule["alert"]: rule for rule in rules("alerts.yml")}
    pages = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)

    assert sorted(pages) == sorted(alerts)
    for name, rule in alerts.items():
        assert rule["annotations"]["runbook_url"].endswith(f"#{name.lower()}")
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert {"summary", "description"} <= set(rule["annotations"])


def test_every_alert_is_tried() -> None:
    tests = (RULES / "tests.yml").read_text()

    assert [rule["alert"] for rule in rules("alerts.yml") if rule["alert"] not in tests] == []


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(PAGE.read_text()), "run `just docs`"
