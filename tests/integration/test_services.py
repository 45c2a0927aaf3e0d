"""The test servers themselves: they work, are shared and isolated, and end with their run.

What concerns a whole run is tried on a small run of its own, in the embedded lane.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psycopg
import pytest
import redis

from tests.services.databases import drop_leftovers, temporary_database
from tests.services.inner_run import InnerRun
from tests.services.lane import Lane, LaneError, choose, requested
from tests.services.urls import database_of, with_database, with_host

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXTERNAL = {"TEST_DATABASE_URL": "postgresql://a@b/c", "TEST_REDIS_URL": "redis://b"}

ONE_USER = """
def test_user(services):
    note(services)
"""
TWO_WORKERS_ONE_OF_WHICH_CRASHES = """
def test_survivor(services):
    note(services)
    wait_for_workers(2)

def test_crash(services):
    note(services)
    wait_for_workers(2)
    os.kill(os.getpid(), signal.SIGKILL)
"""
A_USER_THAT_LINGERS = f"{ONE_USER}    time.sleep(60)"


@pytest.fixture
def inner(tmp_path: Path) -> InnerRun:
    return InnerRun(tmp_path)


def test_an_unknown_lane_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        LaneError,
        match=r"^TEST_SERVICES=podman is unknown; known: auto, docker, embedded, external",
    ):
        requested({"TEST_SERVICES": "podman"})


def test_external_names_the_variable_that_is_missing() -> None:
    with pytest.raises(LaneError, match=r"needs TEST_REDIS_URL$"):
        requested({"TEST_SERVICES": "external", "TEST_DATABASE_URL": "postgresql://a@b/c"})


@pytest.mark.parametrize(
    ("environment", "obstacle", "lane"),
    [
        (EXTERNAL, None, "external"),
        ({}, None, "docker"),
        ({"TEST_REDIS_URL": "redis://b"}, None, "docker"),
        ({}, "no engine", "embedded"),
        (EXTERNAL | {"TEST_SERVICES": "embedded"}, None, "embedded"),
    ],
)
def test_auto_takes_the_first_lane_that_can_be_had(
    environment: dict[str, str], obstacle: str | None, lane: str
) -> None:
    assert choose(environment, lambda: obstacle).name == lane


def test_auto_says_why_it_is_not_docker() -> None:
    assert choose({}, lambda: "no engine") == Lane("embedded", "no engine")


@pytest.mark.parametrize(
    "url", ["postgresql://a:p%40@h:5/db?x=1", "postgresql://a@/db?host=/tmp/s", "redis://h:1/db"]
)
def test_a_url_keeps_all_but_the_database(url: str) -> None:
    changed = with_database(url, "other")

    assert database_of(changed) == "other"
    assert with_database(changed, "db") == url


def test_a_url_keeps_all_but_the_host() -> None:
    assert (
        with_host("postgresql://a:p@localhost:5/db", "127.0.0.1")
        == "postgresql://a:p@127.0.0.1:5/db"
    )


def test_each_call_gives_another_empty_postgres_database(
    postgres_database: Callable[[], str],
) -> None:
    first, second = postgres_database(), postgres_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE only_here (id int)")

    with psycopg.connect(second) as connection:
        tables = connection.execute(
            "SELECT * FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    assert tables == []


def test_a_postgres_database_is_dropped_though_somebody_is_connected(
    postgres_server_url: str,
) -> None:
    with temporary_database(postgres_server_url, "test_drop") as url:
        guest = psycopg.connect(url)
    guest.close()

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_leftovers_are_dropped_by_their_prefix_alone(
    postgres_server_url: str, postgres_url: str
) -> None:
    with temporary_database(postgres_server_url, "test_leftover_kept") as kept:
        with temporary_database(postgres_server_url, "test_leftover_gone") as gone:
            drop_leftovers(postgres_server_url, "test_leftover_gone")
            with pytest.raises(psycopg.OperationalError, match="does not exist"):
                psycopg.connect(gone)
        psycopg.connect(kept).close()
    psycopg.connect(postgres_url).close()


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_redis_is_empty_before_each_test(redis_url: str, attempt: str) -> None:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        assert client.keys("*") == []
        client.set("left by", attempt)


def test_redis_is_new_enough_for_its_scripts(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.eval("return redis.call('INCR', KEYS[1])", 1, "counter") == 1


def test_pgbouncer_pools_by_transaction_any_database_by_name(
    pgbouncer_server_url: str, postgres_database: Callable[[], str]
) -> None:
    url = with_database(pgbouncer_server_url, database_of(postgres_database()))
    with (
        psycopg.connect(url, autocommit=True) as idle,
        psycopg.connect(url, autocommit=True) as busy,
    ):
        backends = {
            connection.execute("SELECT pg_backend_pid()").fetchone()
            for connection in (idle, busy, idle, busy)
        }

    assert len(backends) == 1, "two clients outside of transactions share one server connection"


NO_PGBOUNCER = """
import pytest
from tests.services import pgbouncer
from tests.services.services import Services

pgbouncer.program = lambda: None

@pytest.fixture(scope="session")
def services():
    return Services()

def test_behind_it(pgbouncer_server_url): pass
def test_nothing(): pass
"""


def test_a_run_without_pgbouncer_says_what_it_left_out(inner: InnerRun) -> None:
    result = inner.run(NO_PGBOUNCER)

    assert result.returncode == 0
    assert "1 passed, 1 deselected" in result.stdout
    assert "pgbouncer not installed: 1 tests not run" in result.stdout


def test_a_run_that_asks_for_pgbouncer_fails_without_it(inner: InnerRun) -> None:
    result = inner.run(NO_PGBOUNCER, "-m", "pgbouncer")

    assert result.returncode == 1
    assert "PgBouncer is not installed" in result.stdout


def test_a_run_whose_tests_need_no_server_starts_none(inner: InnerRun) -> None:
    result = inner.run("def test_nothing(): pass")

    assert result.returncode == 0
    assert "test services" not in result.stdout


def test_a_run_refuses_an_unknown_lane_before_any_test(inner: InnerRun) -> None:
    result = inner.run("def test_nothing(): pass", TEST_SERVICES="podman")

    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "TEST_SERVICES=podman is unknown; known: auto" in result.stdout + result.stderr


def test_auto_without_an_engine_is_embedded_and_says_so(inner: InnerRun) -> None:
    result = inner.run(ONE_USER, "-q", DOCKER_HOST="unix:///nowhere/docker.sock")

    assert result.returncode == 0, result.stdout
    assert "test services: embedded (no container engine answers" in result.stdout
    assert inner.remains() == []


def test_workers_share_the_servers_and_a_crash_leaves_none(inner: InnerRun) -> None:
    result = inner.run(
        TWO_WORKERS_ONE_OF_WHICH_CRASHES, "-n2", "--dist=load", TEST_SERVICES="embedded"
    )

    assert "crashed while running" in result.stdout
    assert len(inner.seen()) == 2
    assert len(set(inner.seen())) == 1
    assert inner.remains() == []


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_servers_end_with_a_run_that_is_killed(inner: InnerRun, end: signal.Signals) -> None:
    process = inner.start(A_USER_THAT_LINGERS, TEST_SERVICES="embedded")
    inner.wait_until(lambda: inner.seen() != [])
    assert inner.remains() != []

    process.send_signal(end)
    process.communicate()

    inner.wait_until(lambda: inner.remains() == [])
