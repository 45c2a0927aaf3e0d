"""What a scan came to, and what all of them came to."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """`value` is what the table says; the best comes first."""

    CLEAN = "clean"
    NOTHING = "nothing to scan"
    LEFT_OUT = "left out"
    FINDINGS = "findings"
    UNREACHABLE = "source not reached"
    BROKEN = "could not check"

    @property
    def exit_code(self) -> int:
        """0 lets pass, 1 is a finding, 2 is that nobody knows."""
        if self in {Verdict.UNREACHABLE, Verdict.BROKEN}:
            return 2
        return int(self is Verdict.FINDINGS)


@dataclass(frozen=True, slots=True)
class Report:
    """What one tool said; `said` explains a verdict that findings do not."""

    verdict: Verdict
    findings: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    tool: str
    version: str
    report: Report


def found(findings: Iterable[str]) -> Report:
    """Give the report of a tool that looked at everything it was to look at."""
    listed = tuple(findings)
    return Report(Verdict.FINDINGS if listed else Verdict.CLEAN, listed)


def broken(said: str) -> Report:
    return Report(Verdict.BROKEN, said=said)


def exit_code(rows: Sequence[Row]) -> int:
    """Give the worst; no row at all is a scan that never happened."""
    return max((row.report.verdict.exit_code for row in rows), default=2)


def tell(rows: Iterable[Row]) -> int:
    """Print each row as it comes, and the table of all; give the exit code."""
    told = []
    for row in rows:
        told.append(row)
        print(f"{row.tool}: {row.report.verdict.value}", file=sys.stderr, flush=True)
        for finding in row.report.findings:
            print(f"    {finding}", flush=True)
    print(f"\n{table(told)}")
    return exit_code(told)


def table(rows: Iterable[Row]) -> str:
    lines = [("tool", "version", "findings", "verdict")]
    for row in rows:
        report = row.report
        verdict = f"{report.verdict.value}: {report.said}" if report.said else report.verdict.value
        lines.append((row.tool, row.version, str(len(report.findings)), verdict))
    widths = [max(len(line[place]) for line in lines) for place in range(3)]
    return "\n".join(
        f"{tool:{widths[0]}}  {version:{widths[1]}}  {count:>{widths[2]}}  {verdict}"
        for tool, version, count, verdict in lines
    )
