import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import grimp
import pytest
from importlinter import configuration
from importlinter.application import use_cases

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
LAYERS = ("domain", "application", "adapters", "entrypoints")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in CONFIG["contracts"]}
MAX_LINES = 400

configuration.configure()

# One offending import each: the contract it breaks, the module it is put in, the code.
VIOLATIONS = [
    ("domain", "domain/user/bad.py", "import msgspec"),
    ("domain", "domain/user/bad.py", "from application.ports import clock"),
    ("domain", "domain/bad.py", "def lazily() -> None:\n    import adapters.sqlite"),
    ("application", "application/user/bad.py", "import structlog"),
    ("application", "application/user/bad.py", "from entrypoints import cli"),
    (
        "application",
        "application/ports/bad.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from adapters import memory",
    ),
    ("adapters", "adapters/sqlite/bad.py", "from entrypoints.http import app"),
    ("adapters", "adapters/memory/bad.py", "import tests"),
    ("technologies", "adapters/postgres/bad.py", "from adapters import sqlite"),
    ("technologies", "adapters/resilience/bad.py", "import adapters.redis"),
    ("technologies", "adapters/added_later/__init__.py", "from adapters.memory import clock"),
    ("technologies", "adapters/redis/bad.py", "from adapters import sql"),
    ("sql", "adapters/sql/bad.py", "import psycopg"),
    ("features", "application/audit/bad.py", "from application.user import views"),
    ("features", "application/limits/bad.py", "from application.session import log_in"),
    ("domain_features", "domain/session/bad.py", "from domain.user import user"),
    ("sql_features", "adapters/sql/audit.py", "from adapters.sql import users"),
    ("resilience", "adapters/resilience/bad.py", "import redis"),
    ("caching", "adapters/caching/bad.py", "import aiobreaker"),
    ("resilience", "adapters/resilience/deeper/__init__.py", "from opentelemetry import trace"),
    ("entrypoints", "entrypoints/http/bad.py", "from adapters.jwt import signer"),
    ("entrypoints", "entrypoints/cli/bad.py", "import dependency_injector"),
    ("containers", "adapters/telemetry/bad.py", "import containers"),
    ("wiring", "adapters/redis/bad.py", "from dependency_injector import providers"),
    ("wiring", "adapters/system/bad.py", "import litestar"),
]


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration over the tree's packages, each emptied."""
    root = tmp_path_factory.mktemp("skeleton")
    shutil.copy(ROOT / "pyproject.toml", root)
    packages = {path.parent.relative_to(ROOT) for path in SRC.rglob("__init__.py")}
    named = {Path("src", *path.split("/")[:-1]) for _, path, _ in VIOLATIONS}
    for package in {*packages, *named, Path("src/adapters/jwt")}:
        directory = root / package
        directory.mkdir(parents=True, exist_ok=True)
        while directory != root / "src":
            (directory / "__init__.py").touch()
            directory = directory.parent
    for contract in CONFIG["contracts"]:
        folder = root / "src" / contract.get("package", "").replace(".", "/")
        for name in contract.get("only", ()):
            if not (folder / name).is_dir():
                (folder / f"{name}.py").touch()
    return root


@pytest.fixture
def broken_contracts(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], set[str]]:
    """Give the names of the contracts that a tree breaks, by its own configuration."""

    def lint(root: Path) -> set[str]:
        for layer in LAYERS:  # what is imported already would be found instead of the tree's
            monkeypatch.delitem(sys.modules, layer, raising=False)
        monkeypatch.syspath_prepend(root / "src")
        options = use_cases.read_user_options(str(root / "pyproject.toml"))
        use_cases._register_contract_types(options)
        report = use_cases.create_report(options, cache_dir=None)
        verdicts = {
            contract.name: check.kept for contract, check in report.get_contracts_and_checks()
        }
        assert verdicts.keys() == set(NAMES.values())
        return {name for name, kept in verdicts.items() if not kept}

    return lint


def test_the_tree_keeps_every_contract() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr


def test_empty_packages_keep_every_contract(
    skeleton: Path, broken_contracts: Callable[[Path], set[str]]
) -> None:
    assert broken_contracts(skeleton) == set()


@pytest.mark.parametrize(("contract", "module", "code"), VIOLATIONS)
def test_a_planted_violation_breaks_exactly_its_contract(
    skeleton: Path,
    tmp_path: Path,
    broken_contracts: Callable[[Path], set[str]],
    contract: str,
    module: str,
    code: str,
) -> None:
    tree = shutil.copytree(skeleton, tmp_path / "tree")
    (tree / "src" / module).write_text(f"{code}\n")

    assert broken_contracts(tree) == {NAMES[contract]}


def test_every_contract_is_proved_by_a_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == NAMES.keys()


def test_the_contracts_see_every_file() -> None:
    graph = grimp.build_graph(LAYERS[0], *LAYERS[1:], cache_dir=None)
    files = {
        ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
        for path in SRC.rglob("*.py")
    }

    assert graph.modules == files


@pytest.mark.parametrize("package", [*LAYERS, "adapters/resilience", "adapters/caching"])
def test_a_contract_covers_code_and_not_only_empty_packages(package: str) -> None:
    assert any(ast.parse(path.read_text()).body for path in (SRC / package).rglob("*.py"))


def test_packages_are_empty() -> None:
    assert [path for path in SRC.rglob("__init__.py") if path.read_text().strip()] == []


def test_no_file_outgrows_one_subject() -> None:
    """But for the composition root: it is one list, as long as there are parts."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for folder in (SRC, ROOT / "tests")
        for path in folder.rglob("*.py")
    }

    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}
