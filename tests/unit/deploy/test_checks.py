import json
from pathlib import Path

import pytest

from tests.deploy import checks
from tests.deploy.programs import Program, run
from tests.security.tools import ROOT, Finished
from tests.security.verdict import Verdict

PROMTOOL = Program("promtool", "prometheus")


def test_a_program_that_is_missing_is_named_with_its_package() -> None:
    row = PROMTOOL.row([run(["no-such-program-anywhere"])])

    assert row.report.verdict is Verdict.BROKEN
    assert row.report.said == "promtool is missing: install the package prometheus"


def test_what_a_program_complains_of_is_a_finding() -> None:
    row = PROMTOOL.row([Finished(0, "SUCCESS"), Finished(1, "", "rules.yml: bad rule")])

    assert row.report.findings == ("rules.yml: bad rule",)


def test_without_kubectl_nothing_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    for check in (checks.schema, checks.stages):
        report = check().report
        assert report.verdict is Verdict.BROKEN
        assert "install the package kubectl" in report.said


def test_without_compose_and_npm_a_compose_file_is_not_taken_for_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "COMPOSE", (tmp_path / "compose.yaml",))
    monkeypatch.setenv("PATH", str(tmp_path))

    report = checks.compose().report

    assert report.verdict is Verdict.BROKEN
    assert "install Docker Compose" in report.said


@pytest.mark.parametrize(
    ("rule", "found"), [("invalid-schema", 1), ("service-keys-order", 0), ("invalid-yaml", 1)]
)
def test_of_a_compose_file_only_the_schema_is_asked(
    monkeypatch: pytest.MonkeyPatch, rule: str, found: int
) -> None:
    said = [{"filePath": "compose.yaml", "messages": [{"rule": rule, "message": "no"}]}]
    monkeypatch.setattr(checks, "COMPOSE", (ROOT / "deploy" / "compose.yaml",))
    monkeypatch.setattr("tests.deploy.checks.shutil.which", lambda _: "/usr/bin/npx")

    def answer(command: list[object]) -> Finished:
        if command[0] == "npx":
            # As much as a pipe holds is less than it may have to say.
            Path(str(command[command.index("--output-file") + 1])).write_text(json.dumps(said))
        return Finished(1, '[{"filePath"')

    monkeypatch.setattr(checks, "run", answer)

    assert len(checks.compose().report.findings) == found
