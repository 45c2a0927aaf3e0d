"""Every expression that dashboards, alerts and recording rules ask Prometheus."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.unit.observability_page import DASHBOARDS, ROOT, panels

RULES = ROOT / "observability" / "rules"
SELECTOR = re.compile(r"(?<![\w:])([a-z_][a-z0-9_:]*)\s*\{([^}]*)\}")
RECORDED = re.compile(r"\barmature:[a-z0-9_:]+")
_MATCHER = re.compile(r"""([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"\s*,?\s*""")


@dataclass(frozen=True, slots=True)
class Query:
    """`kind` is dashboard, alert, recording, or operand: what an alert looks at."""

    kind: str
    where: str
    expression: str


def rules(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((RULES / name).read_text())["groups"]
    return [rule for group in found for rule in group["rules"]]


def queries() -> Iterator[Query]:
    for file in DASHBOARDS:
        for panel in panels(file):
            for target in panel["targets"]:
                yield Query("dashboard", f"{file.stem}: {panel['title']}", target["expr"])
    for rule in rules("recording.yml"):
        yield Query("recording", rule["record"], rule["expr"])
    for rule in rules("alerts.yml"):
        yield Query("alert", rule["alert"], rule["expr"])


def operands() -> Iterator[Query]:
    """Give what alerts compare: they may be quiet, but what they look at is there."""
    for rule in rules("alerts.yml"):
        names = {f"{name}{{{labels}}}" for name, labels in SELECTOR.findall(rule["expr"])}
        for expression in sorted(names | {*RECORDED.findall(rule["expr"])}):
            yield Query("operand", rule["alert"], expression)


def labels_of(matchers: str) -> set[str]:
    """Give the labels that the inside of a selector's braces asks for."""
    rest = _MATCHER.sub("", matchers).strip()
    if rest:
        raise ValueError(f"no matchers: {rest}")
    return {match[1] for match in _MATCHER.finditer(matchers)}
