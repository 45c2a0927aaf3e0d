"""What scanners find, in the form that code scanning reads; the verdict is `scans`' alone."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.security import scans, tools
from tests.security.tools import Finished, Tool

BANDIT = Tool("bandit", "bandit[sarif]")
_CODE = scans.CODE


def _checkov() -> Finished:
    """It gives SARIF to a file alone."""
    options = ["--skip-download", "--quiet", "--soft-fail", "-o", "sarif"]
    with TemporaryDirectory() as folder:
        done = tools.CHECKOV.run(["-d", "deploy", *options, "--output-file-path", folder])
        written = Path(folder, "results_sarif.sarif")
        return Finished(done.code, written.read_text(), done.err) if written.is_file() else done


RUNS: dict[str, Callable[[], Finished]] = {
    "bandit": lambda: BANDIT.run(["-q", "-r", *_CODE, "-c", "pyproject.toml", "-f", "sarif"]),
    "semgrep": lambda: tools.SEMGREP.run(
        ["scan", "--metrics=off", "--quiet", "--sarif", "--config", scans.RULES, *_CODE]
    ),
    "checkov": _checkov,
    "zizmor": lambda: tools.ZIZMOR.run(["--offline", "--format", "sarif", ".github"]),
}


def write(folder: Path) -> None:
    """Write a file for each scanner; one that gives no SARIF ends with what it said instead."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, scan in RUNS.items():
        done = scan()
        try:
            said = json.loads(done.out[done.out.index("{") : done.out.rindex("}") + 1])
        except ValueError:
            raise SystemExit(f"{name}: {done.last_words}") from None
        (folder / f"{name}.sarif").write_text(json.dumps(said))
