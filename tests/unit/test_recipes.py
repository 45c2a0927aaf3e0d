"""What pages, workflows and hooks call is in the justfile, and takes what they give it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
CALLERS: Final = (
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / ".github").rglob("*.yml"),
    ROOT / ".pre-commit-config.yaml",
    *chain.from_iterable((ROOT / "deploy").rglob(name) for name in ("*.yaml", "*.py", "*.cfg")),
    *(ROOT / "tests").glob("*/__main__.py"),
)

_RECIPE: Final = re.compile(
    r"^(?P<name>[a-z][a-z-]*)(?P<takes>(?: [*+]?[a-z]+)*):$\n(?P<body>(?:^    .*\n)+)", re.MULTILINE
)
_CODE: Final = re.compile(
    r"^```\w*$(.*?)^```$|`([^`\n]+)`|uv run (just [^\n]+)", re.MULTILINE | re.DOTALL
)
_CALL: Final = re.compile(r"\bjust ([a-z][a-z-]*)([^\n#|&;`)]*)")
_PROGRAM: Final = re.compile(r"python (?:-m (?P<module>[\w.]+)|(?P<file>\S+\.py)) \"\$@\"")
LINTERS: Final = ["ruff check", "ruff format --check", "mypy", "lint-imports --no-logo"]


class Call(NamedTuple):
    """`just <recipe> <arguments>`, as it is written somewhere."""

    recipe: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(("just", self.recipe, *self.arguments))


def calls(text: str) -> Iterator[Call]:
    for parts in _CODE.findall(text):
        for recipe, arguments in _CALL.findall("".join(parts)):
            yield Call(recipe, tuple(arguments.split()))


RECIPES: Final = {each["name"]: each for each in _RECIPE.finditer((ROOT / "justfile").read_text())}
CALLS: Final = sorted({call for caller in CALLERS for call in calls(caller.read_text())})


def program(recipe: str) -> str | None:
    """Give the source of what gets a recipe's arguments, None where that is not ours."""
    found = _PROGRAM.search(RECIPES[recipe]["body"])
    if found is None:
        return None
    path = ROOT / (found["file"] or found["module"].replace(".", "/"))
    files = path.glob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    return "".join(file.read_text() for file in files)


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_what_is_called_is_a_recipe_with_these_options(call: Call) -> None:
    assert call.recipe in RECIPES
    assert RECIPES[call.recipe]["takes"] or not call.arguments

    source = program(call.recipe)
    for argument in call.arguments:
        if source is not None and argument.startswith("--"):
            assert f'"{argument.partition("=")[0]}"' in source


def test_calls_are_found_on_pages_in_workflows_and_in_hooks() -> None:
    page = "`just up observability`\n```sh\nuv run just test -x  # quick\n```\nor just so"
    workflow = "      - run: uv run just load auth --scale=0.1\n      - run: uv build\n"

    assert [str(call) for call in calls(page + workflow)] == [
        "just up observability",
        "just test -x",
        "just load auth --scale=0.1",
    ]


@pytest.fixture
def linters(tmp_path: Path) -> Path:
    """Stubs of what `just lint` calls: each logs its call, and fails when it is `FAILING`."""
    for name in ("ruff", "mypy", "lint-imports"):
        stub = tmp_path / name
        stub.write_text(
            '#!/bin/sh\nset -- "${0##*/}" "$@"\necho "$*" >> "$CALLS"\n[ "$*" != "$FAILING" ]\n'
        )
        stub.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("failing", ["", *LINTERS])
def test_lint_runs_every_tool_and_then_fails_by_the_name_of_those_that_failed(
    linters: Path, failing: str
) -> None:
    log = linters / "calls"
    environment = {
        "PATH": f"{linters}:{os.environ['PATH']}",
        "VIRTUAL_ENV": "somewhere",  # so that the tools are called plainly, not by uv
        "CALLS": str(log),
        "FAILING": failing,
    }

    just = Path(sys.executable).with_name("just")
    done = subprocess.run(
        [just, "lint"], cwd=ROOT, env=environment, capture_output=True, check=False, text=True
    )

    assert log.read_text().splitlines() == LINTERS
    assert done.returncode == bool(failing)
    assert (f"lint failed: {failing};" in done.stderr) is bool(failing)
