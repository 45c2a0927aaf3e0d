"""Addresses, configurations and arguments that a start cannot do anything with."""

import os
import socket
from pathlib import Path

import pytest

from tests.integration.bad_input.commands import Shell
from tests.integration.bad_input.conftest import VARIABLES
from tests.integration.processes import serving


@pytest.fixture
def shell(tmp_path: Path, migrated_sqlite_url: str) -> Shell:
    return Shell(tmp_path, {"DATABASE_URL": migrated_sqlite_url})


def test_a_second_server_on_the_same_port_is_refused_and_the_first_one_stays(
    shell: Shell, tmp_path: Path
) -> None:
    with serving(tmp_path, VARIABLES | shell.variables) as server:
        port = server.url.rpartition(":")[2]
        shell.fails_in_json(10, "serve", "--port", port, says="another program listens there")
        code, said = server.stop()

    assert code == 0
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("203.0.113.9", "this machine has no such address"),
        ("nowhere.invalid", "this name is unknown"),
        ("ü..invalid", "this name is unknown"),
    ],
)
def test_a_foreign_address_is_refused(shell: Shell, host: str, says: str) -> None:
    shell.fails(10, "serve", "--host", host, says=says)


WRONG = {
    "APP_ENV": "prod",
    "HTTP_HOST": os.fsdecode(b"\xff"),
    "HTTP_PORT": "٣",
    "HTTP_WORKERS": "-1",
    "ACCESS_TOKEN_TTL": "NaN",
    "DATABASE_POOL_MAX": "1e400",
    "DATABASE_URL_FILE": "/nowhere/at/all",
    "HASHING_QUEUE": "9" * 5000,
    "JWT_SECRET": "short",
    "LOG_LEVEL": "\x1b[2J",
}


@pytest.mark.parametrize("command", [("serve",), ("users", "list")])
def test_every_wrong_value_is_named_before_anything_starts(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    shell = Shell(tmp_path, WRONG)

    error = shell.fails(4, *command, says="The configuration is not valid.")

    assert {line.split()[0].rstrip(":") for line in error.splitlines()[1:]} == set(WRONG)


def test_a_wrong_address_of_the_database_is_named(shell: Shell) -> None:
    shell.fails(4, "serve", says="DATABASE_URL", DATABASE_URL="postgresql://[::1")


def test_an_unknown_scheme_lists_the_known_ones(shell: Shell) -> None:
    shell.fails(4, "serve", says="memory, postgres, postgresql, sqlite", DATABASE_URL="my://x")


def test_a_database_server_that_is_away_is_unavailable(shell: Shell) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://127.0.0.1:{nobody.getsockname()[1]}/x"
        for command in (("serve",), ("users", "list")):
            shell.fails(10, *command, says="refused", DATABASE_URL=url)


@pytest.mark.parametrize("command", [("serve",), ("db", "upgrade")])
def test_a_start_waits_for_a_database_server_and_then_gives_up(
    shell: Shell, command: tuple[str, ...]
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://127.0.0.1:{nobody.getsockname()[1]}/x"
        said = shell.fails(
            10,
            *command,
            says="refused",
            DATABASE_URL=url,
            STARTUP_TIMEOUT="300ms",
            HTTP_WORKERS="2",
        )

    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "list", "--nonsense"),
        ("users", "show", os.fsdecode(b"a\xed\xa0\x80@b")),
        ("serve", "--port", "many"),
    ],
)
def test_wrong_usage_is_2(shell: Shell, arguments: tuple[str, ...]) -> None:
    shell.fails(2, *arguments, says="")


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (3, ("users", "list", "--cursor", "é")),
        (4, ("users", "register", "no address", "--password-stdin")),
        (7, ("users", "grant", "nobody@example.com", "admin")),
    ],
)
def test_wrong_values_have_the_exit_code_of_their_kind(
    shell: Shell, code: int, arguments: tuple[str, ...]
) -> None:
    shell.fails(code, *arguments, says="")
