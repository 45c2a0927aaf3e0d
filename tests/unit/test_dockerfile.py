"""deploy/Dockerfile: what can be told without an engine; `just image-check` runs it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Final

from tests.unit.settings import some_settings

ROOT: Final = Path(__file__).parents[2]
FILE: Final = (ROOT / "deploy/Dockerfile").read_text().replace("\\\n", " ")
BUILD, FINAL = FILE.split("FROM ${BASE}\n")


def instruction(name: str) -> str:
    (found,) = re.findall(rf"^{name} (.*)$", FINAL, re.MULTILINE)
    return str(found)


def test_both_stages_have_the_base_that_a_build_may_choose() -> None:
    assert re.search(r"^ARG BASE=base$\n\nFROM python:\d+\.\d+-\S+ AS base$", BUILD, re.MULTILINE)
    assert "FROM ${BASE} AS build\n" in BUILD


def test_what_is_installed_is_known_by_its_hash() -> None:
    installs = re.findall(r"pip (?:--python \S+ )?install [^&\n]*", BUILD)

    assert len(installs) == 3
    for each in installs:
        assert "--require-hashes" in each or "--no-index" in each, each
    for lock in ("requirements.lock", "deploy/build.lock"):
        assert "--hash=sha256:" in (ROOT / lock).read_text()
        assert "://" not in (ROOT / lock).read_text()


def test_the_backend_of_the_build_is_the_one_of_the_project() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    backend = (ROOT / "deploy/build.lock").read_text()
    locked = re.search(r"^hatchling==(\d+)\.(\d+)", backend, re.MULTILINE)
    bounds = re.search(r"hatchling>=(\d+)\.(\d+),<(\d+)", project)

    assert locked
    assert bounds
    major, minor = (int(part) for part in locked.groups())
    least_major, least_minor, below = (int(part) for part in bounds.groups())
    assert (least_major, least_minor) <= (major, minor) < (below, 0)


def test_the_last_stage_installs_nothing_and_runs_as_a_number() -> None:
    assert "pip" not in FINAL
    assert "apt" not in FINAL
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", instruction("USER"))


def test_one_image_serves_and_runs_every_command() -> None:
    assert json.loads(instruction("ENTRYPOINT")) == ["armature"]
    assert json.loads(instruction("CMD")) == ["serve"]


def test_ports_are_those_of_the_settings() -> None:
    http = some_settings().http

    assert instruction("EXPOSE").split() == [str(http.port), str(http.metrics_port)]
    assert "HTTP_HOST=0.0.0.0" in instruction("ENV").split()
    assert "APP_ENV=production" in instruction("ENV").split()


def test_the_health_check_is_a_module_of_ours() -> None:
    command = json.loads(instruction("HEALTHCHECK").partition(" CMD ")[2])

    assert command[:2] == ["python3", "-m"]
    assert (ROOT / "src" / Path(*command[2].split("."))).with_suffix(".py").is_file()


def test_the_health_check_lets_a_start_wait_for_its_database() -> None:
    (seconds,) = re.findall(r"--start-period=(\d+)s ", instruction("HEALTHCHECK"))

    assert timedelta(seconds=int(seconds)) > some_settings().startup_timeout


def test_the_context_of_the_build_is_a_list_of_what_it_needs() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()

    assert "*" in lines
    for source in re.findall(r"^COPY (?!--from)(.*) \S+$", BUILD, re.MULTILINE):
        for each in source.split():
            assert f"!{each}" in lines, each
