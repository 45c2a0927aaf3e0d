import errno
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from application.errors import DependencyUnavailable, SchemaOutdated
from application.invalid_settings import InvalidSettings
from application.settings import DatabaseSettings
from domain.errors import DomainError
from entrypoints.http.server.address import Address, CannotListen, cannot_listen, free_address
from entrypoints.http.server.serve import banner, describe_database
from entrypoints.http.server.start_report import ServerFailed, StartReports, failure_of, send_report
from tests.world import SETTINGS


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EADDRINUSE, "x"), "another program listens there"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "no such address"),
        (PermissionError(errno.EACCES, "x"), "privileges"),
        (socket.gaierror(-2, "x"), "name is unknown"),
        (UnicodeError("label too long"), "name is unknown"),
        (OSError(errno.EMFILE, "x"), "Too many open files"),
    ],
)
def test_an_address_that_cannot_be_had_says_why(error: OSError | UnicodeError, words: str) -> None:
    assert words in cannot_listen("host", 80, error).message


@pytest.mark.parametrize("host", ["a" * 64, "ü..example"])
def test_a_host_that_is_no_name_is_unknown(host: str) -> None:
    with pytest.raises(CannotListen, match="name is unknown"):
        free_address(host, 80)


def test_an_ipv6_address_stands_in_brackets() -> None:
    assert Address("::1", 3000).url == "http://[::1]:3000"
    assert Address("127.0.0.1", 3000).url == "http://127.0.0.1:3000"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///var/armature.db", str(Path("var/armature.db").absolute())),
        ("sqlite:////srv/armature.db", "/srv/armature.db"),
        ("postgresql://user:hunter2@db.example:5432/app", "postgresql://db.example:5432/app"),
        ("postgresql://user:hunter2@db.example/app?password=x", "postgresql://db.example/app"),
        ("postgresql://user@/app?host=/run/pg&password=x", "postgresql:///run/pg/app"),
        ("memory://", "memory, gone when the server stops"),
    ],
)
def test_a_database_is_shown_without_its_password(url: str, shown: str) -> None:
    assert describe_database(url) == shown


def test_the_banner_says_where_everything_is_and_how_to_begin() -> None:
    text = banner(SETTINGS, "http://[::1]:3000")

    assert "http://[::1]:3000/api/v1" in text
    assert "http://[::1]:3000/docs" in text


def test_the_first_steps_are_commands_that_reach_the_database() -> None:
    on_disk = replace(SETTINGS, database=DatabaseSettings(url="sqlite:///var/armature.db"))

    assert "armature users grant you@example.org admin" in banner(on_disk, "http://x")
    assert "armature users" not in banner(SETTINGS, "http://x")


@pytest.mark.parametrize(
    ("uv", "command"),
    [
        (".uv/bin/uv", ".uv/bin/uv run armature users"),
        ("/usr/bin/uv", "uv run armature users"),
        (None, "armature users"),
    ],
)
def test_the_banner_names_the_command_as_this_folder_has_it(
    monkeypatch: pytest.MonkeyPatch, uv: str | None, command: str
) -> None:
    monkeypatch.delenv("UV_RUN_RECURSION_DEPTH", raising=False)
    if uv is not None:
        monkeypatch.setenv("UV_RUN_RECURSION_DEPTH", "1")
        monkeypatch.setenv("UV", str(Path.cwd() / uv))
    on_disk = replace(SETTINGS, database=DatabaseSettings(url="sqlite:///a.db"))

    assert f"\n  {command} grant you@" in banner(on_disk, "http://x")


def test_a_dependency_that_is_down_has_an_exit_code_of_its_own_and_its_cause() -> None:
    error = DependencyUnavailable(context={"dependency": "database"})
    error.__cause__ = OSError("connection refused\nhint: more")

    failure = failure_of(error)

    assert isinstance(failure, DependencyUnavailable)
    assert failure.message == (
        "The service cannot start. A dependency cannot be reached."
        " (dependency=database, connection refused)"
    )


def test_a_schema_that_is_behind_says_what_to_run_and_nothing_else() -> None:
    error = SchemaOutdated(context={"operation": "check", "detail": "It is at 0001. Run this."})

    failure = failure_of(error)

    assert isinstance(failure, ServerFailed)
    assert failure.message == "The service cannot start. It is at 0001. Run this."


@pytest.mark.parametrize("error", [KeyError("x"), DomainError()])
def test_anything_else_is_a_fault_to_look_into(error: Exception) -> None:
    assert isinstance(failure_of(error), ServerFailed)


def test_the_parent_hears_once_that_all_are_ready() -> None:
    heard: list[str] = []
    reports = StartReports(2, lambda: heard.append("ready"))
    reports.start()

    send_report(reports.writer, None)
    send_report(reports.writer, None)
    reports.finish()

    assert heard == ["ready"]
    assert reports.failure is None


def test_the_first_failure_counts() -> None:
    reports = StartReports(2, lambda: None)
    reports.start()

    for message in ("first", "second"):
        send_report(reports.writer, ServerFailed(message))
    reports.finish()

    assert isinstance(reports.failure, ServerFailed)
    assert reports.failure.message == "first"


@pytest.mark.parametrize(
    "error",
    [InvalidSettings(("A is wrong.", "B too.")), DependencyUnavailable("gone"), KeyError("x")],
)
def test_a_failure_arrives_whole(error: Exception) -> None:
    reports = StartReports(1, lambda: None)
    reports.start()

    send_report(reports.writer, failure_of(error))
    reports.finish()

    assert repr(vars(reports.failure)) == repr(vars(failure_of(error)))
