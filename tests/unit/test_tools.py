"""A program that a recipe or a lane fetches has one version, which somebody has to move."""

import json
import re
from pathlib import Path
from typing import Final

import pytest

from tests.security.tools import ROOT, TOOLS, Tool, npx, pinned_version

VERSION: Final = r"\d+(?:\.\d+)+"
REQUIREMENTS: Final = [
    line
    for line in (TOOLS / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
SOURCES: Final = sorted((ROOT / "tests").rglob("*.py"))
CALLED: Final = sorted(
    set(
        re.findall(
            r' = Tool\("[^"]+", "([^"]+)"',
            "".join(path.read_text() for path in SOURCES if path != Path(__file__)),
        )
    )
)
FETCHERS: Final = {"tests/security/tools.py", "tests/clients/test_jose.py"}
"""Who runs a program that fetches; both ask tests/tools, or a package.json that is pinned."""
COMMANDS: Final = (
    ROOT / "justfile",
    ROOT / ".pre-commit-config.yaml",
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / ".github").rglob("*.yml")),
    *(ROOT / "deploy" / name for name in ("rollout", "smoke", "secrets.sh", "release.py")),
)
_CALLED: Final = re.compile(r'[\[(]\s*"(?:npx|npm|uvx|pipx)",|"tool", "run"')
_FETCH: Final = re.compile(
    r"(?:\buvx|\buv tool (?:run|install)|\bpipx (?:run|install)|\bnpx|\bnpm (?:install|exec))"
    r"((?: +--?[a-z][^ ]*)*) +([^ `\n]+)"
)


@pytest.mark.parametrize("line", REQUIREMENTS)
def test_a_tool_of_pypi_has_one_version(line: str) -> None:
    assert re.fullmatch(rf"[a-z0-9-]+=={VERSION}", line)


@pytest.mark.parametrize("package", CALLED)
def test_every_tool_that_a_lane_calls_is_pinned(package: str) -> None:
    name, _, version = Tool("its program", package).requirement.partition("==")

    assert f"{name.partition('[')[0]}=={version}" in REQUIREMENTS


@pytest.mark.parametrize("folder", ["tools", "clients"])
def test_a_package_of_npm_has_one_version(folder: str) -> None:
    packages = json.loads((ROOT / "tests" / folder / "package.json").read_text())["dependencies"]

    for name, version in packages.items():
        assert re.fullmatch(VERSION, version), name


def test_what_npm_brings_with_a_tool_is_of_the_day_of_all_other_packages() -> None:
    program, _, before, package = npx("dclint")

    assert program == "npx"
    assert re.fullmatch(r"--before=\d{4}-\d\d-\d\dT00:00:00Z", before)
    assert package == f"dclint@{pinned_version('dclint')}"


@pytest.mark.parametrize(
    "path", [str(path.relative_to(ROOT)) for path in SOURCES if path != Path(__file__)]
)
def test_no_lane_fetches_by_itself(path: str) -> None:
    found = re.findall(_CALLED, (ROOT / path).read_text())

    assert not found or path in FETCHERS


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_command_fetches_what_has_no_version(path: Path) -> None:
    for options, package in _FETCH.findall(path.read_text()):
        if package.strip('"') == "uv==$UV_VERSION":
            continue
        name, at, version = package.partition("@")
        assert at, f"{package} ({options.strip()})"
        assert version == pinned_version(name)
