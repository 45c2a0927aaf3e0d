"""The tables and the picture of docs/performance.md: `python -m tests.bench.page` writes them."""

from collections.abc import Sequence
from pathlib import Path

from tests.bench import plot, report
from tests.bench.results import Results, read

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "performance.svg"


def page(text: str, taken: Results) -> str:
    """Give the page with what the results say."""
    parts = {"run": _run(taken), "bars": _bars(taken), "cases": _cases(taken)}
    for mark, part in parts.items():
        before, begin, rest = text.partition(f"<!-- {mark} -->\n")
        _, end, after = rest.partition(f"<!-- end of {mark} -->\n")
        if not (begin and end):
            raise ValueError(f"the page has no place for {mark}")
        text = before + begin + part + end + after
    return text


def write() -> None:
    """Bring the page and its picture up to the results."""
    taken = read(RESULTS)
    PAGE.write_text(page(PAGE.read_text(), taken))
    PICTURE.write_text(plot.picture(taken))


def _run(taken: Results) -> str:
    here = taken.machine
    load = "`wrk`" if taken.tool == "wrk" else "the bundled client"
    return (
        f"Taken on {taken.taken_at:%Y-%m-%d}: {here.cores} cores of {here.processor}, "
        f"{here.system}, Python {here.python}; {taken.rounds} rounds of {taken.seconds:g} s "
        f"a case, {taken.connections} connections, load from {load}.\n"
    )


def _bars(taken: Results) -> str:
    text = _table(report.BAR_HEADS, report.bar_rows(taken))
    for bar in taken.bars:
        if bar.profile:
            lines = "\n".join(bar.profile)
            text += f"\nWhere the time of a missed one goes, {bar.what}:\n\n```text\n{lines}\n```\n"
    return text


def _cases(taken: Results) -> str:
    rows = [row for row in report.case_rows(taken) if row[1]]
    others = "".join(f"- {line}\n" for line in report.other_rows(taken))
    return f"{_table(report.CASE_HEADS, rows)}\n{others}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---", *["---:" for _ in heads[1:]]], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    write()
