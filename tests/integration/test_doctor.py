"""`armature doctor`, -v and traces, as an operator has them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.integration.processes import armature

PASSWORD = "Correct-Horse-1"
SECRET = "a secret for tests only, of enough bytes"
LAST_WARNING = 13


@pytest.fixture
def variables() -> dict[str, str]:
    return {
        "APP_ENV": "test",
        "JWT_SECRET": SECRET,
        "PASSWORD_HASHER": "plain://",
        "CACHE_URL": "none://",
    }


def doctor(folder: Path, *options: str, **variables: str) -> tuple[int, dict[str, str]]:
    """Give the exit code, and the state of each check."""
    code, out, err = armature(folder, ["doctor", "--json", *options], **variables)
    assert err == ""
    assert SECRET not in out
    return code, {each["check"]: each["state"] for each in json.loads(out)["findings"]}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_good_database_is_found_good(
    tmp_path: Path, variables: dict[str, str], request: pytest.FixtureRequest, engine: str
) -> None:
    url = request.getfixturevalue(f"migrated_{engine}_url")

    code, states = doctor(tmp_path, **variables, DATABASE_URL=url)

    assert code in {0, LAST_WARNING}
    assert states["database"] in {"ok", "hint"}  # how quick it is depends on the machine
    assert (states["migrations"], states["clock"]) == ("ok", "ok")
    assert ("pool size" in states) is (engine == "postgres")


def test_a_database_that_nobody_migrated_is_a_conflict(
    tmp_path: Path, variables: dict[str, str], postgres_url: str
) -> None:
    code, states = doctor(tmp_path, **variables, DATABASE_URL=postgres_url)

    assert (code, states["migrations"]) == (8, "error")


def test_all_that_is_down_is_told_at_once(tmp_path: Path, variables: dict[str, str]) -> None:
    down = {
        "DATABASE_URL": f"postgresql://user:{SECRET.replace(' ', '%20')}@127.0.0.1:1/x",
        "CACHE_URL": "redis://127.0.0.1:1",
        "RATE_LIMIT_URL": "redis://127.0.0.1:1",
        "BREACHED_PASSWORDS_URL": "http://127.0.0.1:1",
    }

    code, states = doctor(tmp_path, **{**variables, **down})

    assert (code, states["database"]) == (10, "error")
    assert states["cache"] == states["rate limiter"] == states["breach check"] == "warning"


def test_redis_that_answers_is_found_good(
    tmp_path: Path, variables: dict[str, str], redis_url: str
) -> None:
    _, states = doctor(
        tmp_path, **{**variables, "CACHE_URL": redis_url, "RATE_LIMIT_URL": redis_url}
    )

    assert {states["cache"], states["rate limiter"]} <= {"ok", "hint"}


def test_a_wrong_configuration_is_a_finding_too(tmp_path: Path, variables: dict[str, str]) -> None:
    code, states = doctor(tmp_path, **variables, HTTP_PORT="x", DATABASE_POOL_MAX="y")

    assert code == 4
    assert states["configuration HTTP_PORT"] == states["configuration DATABASE_POOL_MAX"] == "error"


def test_production_has_rules_of_its_own(
    tmp_path: Path, variables: dict[str, str], migrated_sqlite_url: str
) -> None:
    code, states = doctor(tmp_path, "--production", **variables, DATABASE_URL=migrated_sqlite_url)

    assert code == 4
    assert (
        states["configuration ALLOWED_HOSTS"] == states["configuration PASSWORD_HASHER"] == "error"
    )
    assert states["TRUSTED_PROXIES"] == states["BREACHED_PASSWORDS_URL"] == "warning"
    # Their defaults are others there.
    assert {"LOG_FORMAT", "PASSWORD_POLICY"}.isdisjoint(states)


class Collector(HTTPServer):
    """Takes spans by OTLP, and keeps them as bytes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.bodies: list[bytes] = []


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as its class has it
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_command_tells_what_it_does_when_asked_and_is_traced(
    tmp_path: Path, variables: dict[str, str], migrated_sqlite_url: str, collector: Collector
) -> None:
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}"}
    given = {**variables, **traced, "DATABASE_URL": migrated_sqlite_url, "LOG_FORMAT": "json"}
    command = ["users", "register", "ann@example.com", "--password-stdin", "--json"]

    _, quiet_out, quiet = armature(tmp_path, command, PASSWORD, **given)
    command[2] = "bob@example.com"
    _, out, told = armature(tmp_path, [*command, "-vv"], PASSWORD, **given)

    assert quiet == ""
    assert json.loads(quiet_out)["user"]["email"] == "ann@example.com"
    assert json.loads(out)["user"]["email"] == "bob@example.com"
    lines = [json.loads(line) for line in told.splitlines()]
    assert {line["logger"] for line in lines} >= {"armature.events", "armature.database"}
    sent = b"".join(collector.bodies)
    assert {b"armature users register" in sent, b"register_user" in sent} == {True}
    (trace,) = {line["trace_id"] for line in lines if line["logger"] == "armature.events"}
    assert bytes.fromhex(trace) in sent


@pytest.mark.parametrize(
    ("command", "steps"),
    [
        (["db", "upgrade"], ["nothing -> 0004 at once", "upgrade sqlite:///", "ask sqlite:///"]),
        (["keys", "generate", "--file", "k.json"], ["make a key for EdDSA", "write the first key"]),
        (["config", "show"], ["read every variable"]),
        (["config", "check"], ["read the configuration", "build every adapter", "look for the"]),
        (["doctor"], ["read the configuration and", "ask the cache, redis://", "look at sqlite"]),
    ],
)
def test_upkeep_tells_its_steps_when_asked(
    tmp_path: Path, variables: dict[str, str], command: list[str], steps: list[str]
) -> None:
    given = {
        **variables,
        "DATABASE_URL": f"sqlite:///{tmp_path}/new.db",
        "CACHE_URL": "redis://:hidden@127.0.0.1:1",
        "LOG_FORMAT": "json",
    }

    _, out, told = armature(tmp_path, [*command, "--json", "-v"], **given)

    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    # The doctor asks for all at once, and nobody knows who answers first.
    found = sorted(line["event"] for line in lines)
    assert [each for each, step in zip(found, sorted(steps), strict=True) if step not in each] == []
    assert "hidden" not in told
    assert json.loads(out)


def test_a_command_without_use_cases_is_traced_too(
    tmp_path: Path, variables: dict[str, str], collector: Collector
) -> None:
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}"}

    armature(tmp_path, ["config", "show"], **variables, **traced)

    assert b"armature config show" in b"".join(collector.bodies)


@pytest.mark.parametrize("command", [["users", "list"], ["config", "check"]])
def test_a_collector_that_is_away_is_no_matter(
    tmp_path: Path, variables: dict[str, str], command: list[str]
) -> None:
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "DATABASE_URL": "memory://"}

    code, out, err = armature(tmp_path, [*command, "--json"], **variables, **away)

    assert (code, err) == (0, "")
    assert json.loads(out)


@pytest.mark.parametrize(
    ("command", "code"), [(["users", "list"], 4), (["serve"], 4), (["config", "show"], 0)]
)
def test_a_sampler_that_there_is_not_is_one_clear_error(
    tmp_path: Path, variables: dict[str, str], command: list[str], code: int
) -> None:
    wrong = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_SAMPLER": "some"}

    ended, _, err = armature(tmp_path, [*command, "--json"], **variables, **wrong)

    assert ended == code
    errors = json.loads(err)["error"]["errors"] if code else []
    assert [each["field"] for each in errors] == ["OTEL_TRACES_SAMPLER"] * bool(code)
