"""The results as tables: cells that a terminal and a page share, and the terminal's own look."""

from rich.console import Console
from rich.table import Table

from tests.bench.results import Figures, Outcome, Results

CASE_HEADS = ["case", "a second", "p50 ms", "p99 ms", "rounds from to", "client"]
BAR_HEADS = ["bar", "measured", "limit", "verdict"]


def case_rows(taken: Results) -> list[list[str]]:
    return [_case_row(case) for case in taken.cases]


def bar_rows(taken: Results) -> list[list[str]]:
    return [[bar.what, _measured(bar), _limit(bar), bar.verdict] for bar in taken.bars]


def other_rows(taken: Results) -> list[str]:
    """Give what has no rate: a line for each such case."""
    lines = []
    for case in taken.cases:
        if "rate" not in case.medians:
            unit = "MiB" if case.name == "memory" else "ms"
            parts = (f"{name} {value:.1f} {unit}" for name, value in case.medians.items())
            lines.append(f"{case.what}: {', '.join(parts)}")
    return lines


def show(taken: Results) -> None:
    """Print the tables."""
    console = Console(width=max(110, Console().width))
    cases, bars = Table(*CASE_HEADS), Table(*BAR_HEADS)
    for column in cases.columns[1:]:
        column.justify = "right"
    for row in case_rows(taken):
        if row[1]:
            cases.add_row(*map(_plain, row))
    for outcome, row in zip(taken.bars, bar_rows(taken), strict=True):
        bars.add_row(*map(_plain, row), style="red" if outcome.verdict == "MISSED" else "")
    console.print(cases, bars)
    for line in other_rows(taken):
        console.print(_plain(line), highlight=False)
    for outcome in taken.bars:
        if outcome.verdict == "MISSED":
            console.print(f"\nMISSED: {_plain(outcome.what)}", style="red")
            console.print("\n".join(outcome.profile or [_advice(outcome)]), highlight=False)


def _case_row(case: Figures) -> list[str]:
    rates = case.samples.get("rate", [])
    return [
        case.what,
        _number(case.medians.get("rate")),
        _number(case.medians.get("p50")),
        _number(case.medians.get("p99")),
        f"{_number(min(rates))} to {_number(max(rates))}" if rates else "",
        f"{case.medians['client']:.0%}" if "client" in case.medians else "",
    ]


def _number(value: float | None) -> str:
    """Give three digits that matter, or whole numbers."""
    if value is None:
        return ""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _measured(bar: Outcome) -> str:
    return (
        f"{bar.value:.2f} {bar.unit}".strip() if bar.value < 10 else f"{bar.value:.0f} {bar.unit}"
    )


def _limit(bar: Outcome) -> str:
    if bar.limit is None:
        return ""
    return f"{'at most' if bar.at_most else 'at least'} {bar.limit:g} {bar.unit}".strip()


def _advice(bar: Outcome) -> str:
    return f"Look where the time goes: just bench --profile {bar.case}"


def _plain(text: str) -> str:
    return text.replace("`", "")
