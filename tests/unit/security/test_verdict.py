import pytest

from tests.security.verdict import Report, Row, Verdict, exit_code, found, table


def rows(*verdicts: Verdict) -> list[Row]:
    return [Row("tool", "1.0", Report(verdict)) for verdict in verdicts]


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((Verdict.CLEAN, Verdict.NOTHING, Verdict.LEFT_OUT), 0),
        ((Verdict.CLEAN, Verdict.FINDINGS), 1),
        ((Verdict.FINDINGS, Verdict.UNREACHABLE, Verdict.CLEAN), 2),
        ((Verdict.BROKEN, Verdict.CLEAN), 2),
    ],
)
def test_the_worst_verdict_decides(verdicts: tuple[Verdict, ...], code: int) -> None:
    assert exit_code(rows(*verdicts)) == code


def test_a_scan_that_never_happened_is_not_clean() -> None:
    assert exit_code([]) == 2


def test_findings_are_what_they_are() -> None:
    assert found(["one"]) == Report(Verdict.FINDINGS, ("one",))
    assert found([]) == Report(Verdict.CLEAN)


def test_the_table_has_a_line_for_each_tool() -> None:
    report = Report(Verdict.UNREACHABLE, said="try --offline")

    lines = table([Row("bandit", "1.9.4", found(["one"])), Row("pip-audit", "-", report)])

    assert lines.splitlines() == [
        "tool       version  findings  verdict",
        "bandit     1.9.4           1  findings",
        "pip-audit  -               0  source not reached: try --offline",
    ]
