import os
import pwd

import pytest

from entrypoints.cli.runtime import Runtime
from tests.unit.entrypoints.cli.driving import FakeRuntime, drive


def test_upgrade_goes_to_the_newest_revision_or_another(runtime: FakeRuntime) -> None:
    assert drive(runtime, "db", "upgrade", "0001", "--json").json["current"] == "0001"
    assert drive(runtime, "db", "upgrade").out == "0002\n"


def test_downgrade_goes_back(runtime: FakeRuntime) -> None:
    runtime.database.at = "0002"

    outcome = drive(runtime, "db", "downgrade", "base", "--yes", "--json")

    assert outcome.json == {"current": None, "head": "0002"}


def test_current_tells_the_revision(runtime: FakeRuntime) -> None:
    outcome = drive(runtime, "db", "current")

    assert (outcome.code, outcome.out) == (0, "none\n")
    assert "0002" in outcome.err


def test_check_fails_unless_at_the_newest(runtime: FakeRuntime) -> None:
    behind = drive(runtime, "db", "check")
    runtime.database.at = "0002"

    assert behind.code == 8
    assert "(it is at none, the newest is 0002)" in behind.err
    assert drive(runtime, "db", "check").code == 0


def test_config_show_lists_the_variables(runtime: FakeRuntime) -> None:
    human, script = drive(runtime, "config", "show"), drive(runtime, "config", "show", "--json")

    assert human.out.splitlines()[1].split() == ["HTTP_PORT", "3000", "default"]
    variable = {"name": "HTTP_PORT", "value": "3000", "source": "default"}
    assert script.json == {"variables": [variable]}


def test_config_check_warns(runtime: FakeRuntime) -> None:
    runtime.cautions = ("CACHE_URL is not shared.",)

    human = drive(runtime, "config", "check")

    assert (human.code, human.err) == (0, "warning: CACHE_URL is not shared.\n")
    script = drive(runtime, "config", "check", "--json")
    assert script.json == {"valid": True, "warnings": ["CACHE_URL is not shared."]}


def test_openapi_prints_the_document(runtime: FakeRuntime) -> None:
    assert drive(runtime, "openapi").out == '{"openapi": "3.1.0"}\n'


def test_serve_gives_the_server_s_exit_code_and_lets_its_options_win(
    runtime: FakeRuntime,
) -> None:
    outcome = drive(runtime, "serve", "--host", "::1", "--port", "3001", "--workers", "2")

    assert outcome.code == 10
    assert outcome.out == ""
    assert runtime.overridden == {
        "HTTP_HOST": "::1",
        "HTTP_PORT": "3001",
        "HTTP_WORKERS": "2",
    }


def test_an_option_is_set_as_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "1")
    monkeypatch.setenv("HTTP_PORT_FILE", "/run/port")

    Runtime().override({"HTTP_PORT": "3001"})

    assert os.environ["HTTP_PORT"] == "3001"
    assert "HTTP_PORT_FILE" not in os.environ


def test_the_operator_is_who_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "somebody else")

    assert Runtime().operator().os_user == pwd.getpwuid(os.getuid()).pw_name


def test_an_operator_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_123)

    assert Runtime().operator().os_user == "uid 4000000123"
