import re
from pathlib import Path

import pytest

from tests.security import reports, scans, tools
from tests.security.tools import ROOT, Finished
from tests.security.verdict import Verdict, found

RULE_FILES = sorted((ROOT / scans.RULES).glob("*.yaml"))


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which there is nothing yet."""
    monkeypatch.setattr(scans, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command lines of tools that would have run; each finds nothing."""
    lines: list[str] = []

    def run(command: list[object], *_: object) -> Finished:
        lines.append(" ".join(str(word) for word in command))
        return Finished(0, "[]")

    monkeypatch.setattr(tools, "_run", run)
    return lines


@pytest.mark.parametrize("scan", [scans.hadolint, scans.checkov, scans.zizmor])
def test_what_is_not_there_yet_is_said_to_be_not_there(
    empty: Path, ran: list[str], scan: scans.Scan
) -> None:
    row = scan(False)

    assert row.report.verdict is Verdict.NOTHING
    assert row.report.said.endswith("yet")
    assert ran == []


@pytest.mark.parametrize(
    ("scan", "file", "named"),
    [
        (scans.hadolint, "deploy/Dockerfile", "deploy/Dockerfile"),
        (scans.hadolint, "deploy/images/api.Dockerfile", "deploy/images/api.Dockerfile"),
        (scans.checkov, "deploy/compose.yaml", "-d deploy"),
        (scans.zizmor, ".github/workflows/ci.yml", "--offline"),
    ],
)
def test_what_is_there_is_scanned(
    empty: Path, ran: list[str], scan: scans.Scan, file: str, named: str
) -> None:
    (empty / file).parent.mkdir(parents=True)
    (empty / file).touch()

    if scan is scans.checkov:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reports, "checkov", lambda _: found([]))
            row = scan(False)
    else:
        row = scan(False)

    assert row.report.verdict is Verdict.CLEAN
    assert named in ran[0]


def test_offline_asks_no_advisory_source_and_says_so(ran: list[str]) -> None:
    row = scans.pip_audit(True)

    assert row.report.verdict is Verdict.LEFT_OUT
    assert "--offline" in row.report.said
    assert ran == []


def test_a_lock_is_counted_without_what_other_systems_need() -> None:
    lock = (
        "a==1 \\\n    --hash=sha256:00\nb==2 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    )

    assert scans.pinned(lock) == 1
    assert scans.pinned((ROOT / "requirements.lock").read_text()) > 10


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.stem)
def test_a_rule_has_what_it_finds_and_what_it_lets_pass_beside_it(file: Path) -> None:
    (rule,) = re.findall(r"^  - id: (\S+)$", file.read_text(), re.MULTILINE)
    planted = file.with_suffix(".py").read_text()

    assert rule == file.stem.replace("_", "-")
    assert f"# ruleid: {rule}\n" in planted
    assert f"# ok: {rule}\n" in planted


def test_a_tool_is_of_the_day_of_all_other_packages(ran: list[str]) -> None:
    tools.BANDIT.run(["-h"])

    assert re.search(r"--exclude-newer \d{4}-\d\d-\d\dT00:00:00Z", ran[0])
