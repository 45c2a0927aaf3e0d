"""What is scanned, by which tool and how."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.security import reports, tools
from tests.security.tools import ROOT
from tests.security.verdict import Report, Row, Verdict

RULES = Path("tests/security/rules")
BASELINE = Path("tests/security/secrets.baseline")
CODE = ("src", "containers.py")
_RULE_ID = re.compile(r"^  - id: (\S+)$", re.MULTILINE)
_QUIET = ("--metrics=off", "--disable-version-check", "--json")
_NOT_SECRETS = r"(^|/)(uv\.lock|requirements\.lock|secrets\.baseline)$"
_DOCKERFILE = re.compile(r"(.+\.)?(Docker|Container)file(\..+)?", re.IGNORECASE)

Scan = Callable[[bool], Row]
"""Takes whether advisory sources are to be left alone."""


def bandit(_: bool) -> Row:
    done = tools.BANDIT.run(["-q", "-r", *CODE, "-c", "pyproject.toml", "-f", "json"])
    return _row(tools.BANDIT, reports.bandit(done))


def semgrep(_: bool) -> Row:
    done = tools.SEMGREP.run(["scan", *_QUIET, "--quiet", "--config", RULES, *CODE])
    return _row(tools.SEMGREP, reports.semgrep(done))


def semgrep_rules(_: bool) -> Row:
    done = tools.SEMGREP.run(["scan", "--test", *_QUIET, RULES])
    return _row(tools.SEMGREP, reports.semgrep_rules(done, rules()), "semgrep's rules")


def detect_secrets(_: bool) -> Row:
    done = tools.DETECT_SECRETS.run(["scan", "--exclude-files", _NOT_SECRETS])
    report = reports.detect_secrets(done, (ROOT / BASELINE).read_text())
    return _row(tools.DETECT_SECRETS, report)


def pip_audit(offline: bool) -> Row:
    if offline:
        return Row("pip-audit", "-", Report(Verdict.LEFT_OUT, said="advisories, for --offline"))
    lock = "requirements.lock"
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "-f", "json"]
    done = tools.PIP_AUDIT.run(["-r", lock, *options])
    return _row(tools.PIP_AUDIT, reports.pip_audit(done, pinned((ROOT / lock).read_text())))


def hadolint(_: bool) -> Row:
    files = [file for file in _files("deploy") if _DOCKERFILE.fullmatch(file.name)]
    if not files:
        return Row("hadolint", "-", _nothing("no Dockerfile in deploy/ yet"))
    return _row(tools.HADOLINT, reports.hadolint(tools.HADOLINT.run(["-f", "json", *files])))


def checkov(_: bool) -> Row:
    if not any(_files("deploy")):
        return Row("checkov", "-", _nothing("nothing in deploy/ yet"))
    options = ["--skip-download", "--compact", "--quiet", "-o", "json"]
    return _row(tools.CHECKOV, reports.checkov(tools.CHECKOV.run(["-d", "deploy", *options])))


def zizmor(_: bool) -> Row:
    workflows = Path(".github/workflows")
    if not any(_files(str(workflows))):
        return Row("zizmor", "-", _nothing("no workflow in .github/workflows/ yet"))
    done = tools.ZIZMOR.run(["--offline", "--format", "json", workflows])
    return _row(tools.ZIZMOR, reports.zizmor(done))


SCANS: tuple[Scan, ...] = (
    bandit,
    semgrep,
    semgrep_rules,
    detect_secrets,
    pip_audit,
    hadolint,
    checkov,
    zizmor,
)


def rules() -> set[str]:
    """The id of every rule of our own."""
    texts = [file.read_text() for file in sorted((ROOT / RULES).glob("*.yaml"))]
    return {rule for text in texts for rule in _RULE_ID.findall(text)}


def pinned(lock: str) -> int:
    """How many packages a lock file pins, those for other systems left aside."""
    pins = [line for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    return sum(1 for pin in pins if " ; " not in pin)


def write_baseline() -> None:
    """Take every suspicion of today for known; look at each before you commit them."""
    done = tools.DETECT_SECRETS.run(["scan", "--exclude-files", _NOT_SECRETS])
    if reports.detect_secrets(done, done.out or "{}").verdict is not Verdict.CLEAN:
        raise SystemExit(done.last_words)
    (ROOT / BASELINE).write_text(done.out)


def _row(tool: tools.Tool, report: Report, called: str | None = None) -> Row:
    return Row(called or tool.name, tool.version(), report)


def _nothing(said: str) -> Report:
    return Report(Verdict.NOTHING, said=said)


def _files(folder: str) -> Iterator[Path]:
    for path in sorted((ROOT / folder).rglob("*")):
        if path.is_file():
            yield path.relative_to(ROOT)
