"""What runs on GitHub, held against the project; `just check-deploy` looks at the rest of it."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
GITHUB: Final = ROOT / ".github"
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())
CLASSIFIER: Final = "Programming Language :: Python :: 3."


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((GITHUB / name).read_text())
    return found


def test_every_python_that_is_promised_is_tested() -> None:
    jobs = read("workflows/ci.yml")["jobs"]
    tested = jobs["test"]["strategy"]["matrix"]["python"]
    promised = [
        each.rpartition(" ")[2]
        for each in PROJECT["project"]["classifiers"]
        if each.startswith(CLASSIFIER)
    ]

    assert tested == promised
    assert PROJECT["project"]["requires-python"] == f">={tested[0]}"
    assert PROJECT["tool"]["mypy"]["python_version"] == tested[0]
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{tested[0].replace('.', '')}"


def test_the_image_has_a_python_that_is_tested() -> None:
    tested = read("workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    (found,) = re.findall(r"\nFROM python:(\d\.\d+)-", (ROOT / "deploy/Dockerfile").read_text())

    assert found in tested


def test_all_that_has_versions_is_kept_up_to_date_in_groups() -> None:
    updates = {each["package-ecosystem"]: each for each in read("dependabot.yml")["updates"]}

    assert set(updates) == {
        "uv",
        "pip",
        "npm",
        "github-actions",
        "docker",
        "docker-compose",
    }
    for ecosystem, update in updates.items():
        assert update["groups"], ecosystem


def test_the_last_job_waits_for_every_other() -> None:
    jobs = read("workflows/ci.yml")["jobs"]

    assert set(jobs["passed"]["needs"]) == set(jobs) - {"passed"}
