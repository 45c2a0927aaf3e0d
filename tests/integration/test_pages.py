"""What README.md and docs/ tell to type, typed."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.integration.processes import PATIENCE, armature, environment, serving

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ADDRESS = "http://localhost:3000"


def blocks(page: str, title: str = "") -> list[tuple[str, str]]:
    """Give the fenced blocks under a title, or of a whole page, each with its language."""
    _, _, text = f"\n{(ROOT / page).read_text()}".partition(f"\n{title}\n" if title else "\n")
    return _BLOCK.findall(text.partition("\n## ")[0] if title else text)


def answers(line: str) -> Iterator[object]:
    """Give what several calls of curl printed, which ends no line."""
    while line:
        answer, end = json.JSONDecoder().raw_decode(line)
        yield answer
        line = line[end:]


def shows(shown: object, answer: object) -> bool:
    """Whether a page shows an answer; its dots stand for anything but nothing."""
    if isinstance(shown, dict) and isinstance(answer, dict):
        return shown.keys() == answer.keys() and all(
            shows(shown[key], answer[key]) for key in shown
        )
    return bool(answer) if shown == "..." else shown == answer


def test_the_readmes_calls_are_answered_as_it_shows(tmp_path: Path) -> None:
    """Pasted into one shell; a block of JSON shows the last answer to the block before it."""
    told = blocks("README.md", "## Call the API")
    script = "echo\n".join(text for language, text in told if language == "sh")
    shown = {
        number: json.loads(text)
        for number, (language, text) in enumerate(told)
        if language == "json"
    }

    with serving(tmp_path, {"APP_ENV": "test", "DRAIN_DELAY": "0s"}) as server:
        typed = script.replace(_ADDRESS, server.url)
        done = subprocess.run(
            ["sh", "-eu"],
            cwd=tmp_path,
            env=environment(),
            input=typed,
            capture_output=True,
            check=True,
            text=True,
            timeout=PATIENCE,
        )

    said = [[*answers(line)] for line in done.stdout.splitlines()]
    assert typed.count("curl ") == 6
    assert [len(each) for each in said] == [1, 1, 2]
    assert shows(shown[1], said[0][-1])
    assert shows({"status": "success", "data": {"user": "..."}}, said[1][-1])
    assert shows({"status": "success", "data": None}, said[2][0])
    assert shows(shown[4], said[2][-1])


def test_the_adapter_of_the_guide_passes_its_contract_and_is_chosen_by_its_url(
    tmp_path: Path,
) -> None:
    (_, project), (_, adapter), (_, tests) = [
        each for each in blocks("docs/adapters.md") if each[0] in {"toml", "python"}
    ]
    (tmp_path / "pyproject.toml").write_text(project)
    (tmp_path / "acme_scrypt.py").write_text(adapter)
    (tmp_path / "test_acme_scrypt.py").write_text(tests)
    _install(tomllib.loads(project)["project"], tmp_path)
    path = {"PYTHONPATH": str(tmp_path)}

    suite = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_acme_scrypt.py"],
        cwd=tmp_path,
        env=environment(**path),
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )
    chosen = armature(
        tmp_path, ["config", "check"], APP_ENV="test", PASSWORD_HASHER="scrypt://?ln=17", **path
    )

    assert suite.returncode == 0, suite.stdout
    assert "passed" in suite.stdout
    assert chosen[0] == 0, chosen


def _install(project: Mapping[str, Any], folder: Path) -> None:
    """Install a package that lies in `folder`, as far as the import system can tell."""
    entries = project["entry-points"]["armature.adapters"]
    info = folder / "acme_scrypt-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    lines = [f"{name} = {target}" for name, target in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(["[armature.adapters]", *lines]))
