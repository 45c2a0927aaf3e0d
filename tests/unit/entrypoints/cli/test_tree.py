import subprocess
import sys

import pytest

from entrypoints.cli.tree import EVERYWHERE, GROUPS
from tests.unit.entrypoints.cli import reference
from tests.unit.entrypoints.cli.driving import FakeRuntime, drive

COMMANDS = {
    "serve",
    "doctor",
    "openapi",
    *(f"users {name}" for name in ("register", "show", "list", "update", "change-password")),
    *(f"users {name}" for name in ("deactivate", "activate", "delete", "grant", "revoke")),
    *(f"users {name}" for name in ("import", "export", "export-data")),
    *(f"auth {name}" for name in ("login", "refresh", "logout", "logout-all", "verify")),
    *(f"sessions {name}" for name in ("list", "revoke")),
    *(f"keys {name}" for name in ("generate", "rotate", "retire", "list")),
    *(f"db {name}" for name in ("upgrade", "downgrade", "current", "check")),
    *(f"config {name}" for name in ("show", "check")),
}
HEAVY = {
    "alembic",
    "asyncio",
    "containers",
    "granian",
    "litestar",
    "msgspec",
    "psycopg",
    "pydantic",
    "redis",
    "rich",
    "sqlalchemy",
}


def test_every_command_of_the_design_is_there() -> None:
    assert {words for words, _ in reference.commands()} >= COMMANDS


def test_the_documentation_is_of_these_commands() -> None:
    assert reference.written() == reference.generated()


@pytest.mark.parametrize("words", [words for words, _ in reference.commands()])
def test_every_command_has_help_that_tells_of_json(runtime: FakeRuntime, words: str) -> None:
    outcome = drive(runtime, *words.split(), "--help")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: armature {words} ")
    assert EVERYWHERE.splitlines()[-2] in outcome.out


@pytest.mark.parametrize("args", [(), ("--help",), *((group.name,) for group in GROUPS)])
def test_alone_it_prints_help(runtime: FakeRuntime, args: tuple[str, ...]) -> None:
    outcome = drive(runtime, *args)

    assert (outcome.code, outcome.err) == (0, "")
    assert "Commands:" in outcome.out


def test_version_is_told(runtime: FakeRuntime) -> None:
    assert drive(runtime, "--version").out.startswith("armature ")
    assert "version" in drive(runtime, "--version", "--json").json


def test_help_loads_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys; from entrypoints.cli.main import run; code = run(['--help']); "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr); sys.exit(code)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert "users" in done.stdout
    assert HEAVY.isdisjoint(done.stderr.split())


def test_a_command_loads_no_circuit_breaker_and_a_server_does() -> None:
    code = (
        "import asyncio, sys, containers\n"
        "from application.user.list_users import ListUsers\n"
        "settings = containers.load({'APP_ENV': 'test', 'DATABASE_URL': 'memory://',"
        " 'CACHE_URL': 'redis://127.0.0.1:1', 'RATE_LIMIT_URL': 'redis://127.0.0.1:1'}).settings\n"
        "async def command():\n"
        "    async with containers.running(settings): print('aiobreaker' in sys.modules)\n"
        "asyncio.run(command())\n"
        "containers.build(settings).use_cases(); print('aiobreaker' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert done.stdout.split() == ["False", "True"]
