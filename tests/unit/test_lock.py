import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# A requirement and its hashes are one logical line, continued by backslashes.
ENTRIES = [line for line in LOCK.replace("\\\n", " ").splitlines() if line.strip()]


def pinned() -> dict[str, str]:
    requirements = [Requirement(entry.split(" --hash")[0]) for entry in ENTRIES]
    return {
        canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==")
        for requirement in requirements
    }


@pytest.mark.parametrize("dependency", PROJECT["dependencies"])
def test_the_lock_pins_a_dependency_within_its_bounds(dependency: str) -> None:
    requirement = Requirement(dependency)

    assert requirement.specifier.contains(pinned()[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("dependency", PROJECT["dependencies"])
def test_a_dependency_is_bounded_on_both_sides(dependency: str) -> None:
    operators = {specifier.operator for specifier in Requirement(dependency).specifier}

    assert operators == {">=", "<"}


def test_the_lock_says_names_versions_and_hashes_and_not_where_from() -> None:
    name, version = r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?", r"[\w.]+"
    marker, digest = r" ; [\w.<>=!'\" ()]+?", r" +--hash=sha256:[0-9a-f]{64}"
    pin = re.compile(f"{name}=={version}({marker})?({digest})+")

    assert [entry for entry in ENTRIES if not pin.fullmatch(entry)] == []
