"""The tables of docs/observability.md: `python -m tests.unit.observability_page` writes them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from application.metrics import METRICS, Counter, Gauge

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "observability.md"
DASHBOARDS = sorted((ROOT / "observability" / "dashboards").glob("*.json"))


def panels(file: Path) -> Iterator[dict[str, Any]]:
    """Give the panels of a dashboard, each with the title of its row."""
    row = ""
    for panel in json.loads(file.read_text())["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
        else:
            yield panel | {"row": row}


def metrics_table() -> str:
    lines = ["| metric | kind | labels | means |", "| --- | --- | --- | --- |"]
    for metric in METRICS:
        kind = {Counter: "counter", Gauge: "gauge"}.get(type(metric), "histogram")
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "-"
        lines.append(f"| `{metric.name}` | {kind} | {labels} | {metric.meaning} |")
    return "\n".join(lines) + "\n"


def panels_table() -> str:
    lines = ["| dashboard | row | panels |", "| --- | --- | --- |"]
    for file in DASHBOARDS:
        title = json.loads(file.read_text())["title"]
        rows: dict[str, list[str]] = {}
        for panel in panels(file):
            rows.setdefault(panel["row"], []).append(panel["title"])
        lines += [f"| {title} | {row} | {', '.join(names)} |" for row, names in rows.items()]
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """Give the page with its tables as they are now."""
    for mark, table in (("metrics", metrics_table()), ("panels", panels_table())):
        before, begin, rest = text.partition(f"<!-- {mark} -->\n")
        _, end, after = rest.partition(f"<!-- end of {mark} -->\n")
        assert (begin, end) != ("", ""), f"the page has no place for {mark}"
        text = before + begin + table + end + after
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
