"""Who is signalled, how often, and what if nobody can be."""

import os
import signal
import socket
import time
from pathlib import Path

import httpx

from tests.integration.processes import PATIENCE, Server, starting
from tests.integration.shutdown.clients import SlowLogin, address, wait_until_refused
from tests.integration.shutdown.conftest import VARIABLES, Serve
from tests.services.process import children_of

AFTER_THE_ECHO = 0.6
"""Seconds after which the same signal is another wish."""
PROMPTLY = 4.0
"""Seconds; two on a machine that has nothing else to do."""


def seconds_to_end(server: Server) -> float:
    """Wait for the end of all processes, which hold stderr open; it must be a good end."""
    began = time.monotonic()
    _, said = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 0
    assert "Traceback" not in said
    return time.monotonic() - began


def _drains(server: Server) -> bool:
    return httpx.get(f"{server.url}/health/ready").status_code == 503


def _signal(server: Server, number: signal.Signals) -> None:
    server.process.send_signal(number)


def _signal_group(server: Server, number: signal.Signals) -> None:
    os.killpg(server.process.pid, number)


def test_a_whole_group_drains_as_one_process_does(serve: Serve) -> None:
    server = serve(HTTP_WORKERS="2", DRAIN_DELAY="1s")

    # What `uv run` is told, it tells its child, which was told with it.
    _signal_group(server, signal.SIGTERM)
    time.sleep(0.1)
    _signal(server, signal.SIGTERM)

    assert seconds_to_end(server) >= 1


def test_a_second_signal_skips_the_rest_of_the_drain(serve: Serve) -> None:
    server = serve(HTTP_WORKERS="2", DRAIN_DELAY="1m")
    _signal(server, signal.SIGTERM)
    while not _drains(server):
        time.sleep(0.01)
    time.sleep(AFTER_THE_ECHO)

    _signal(server, signal.SIGTERM)

    assert seconds_to_end(server) < PROMPTLY


def test_ctrl_c_needs_no_drain(serve: Serve) -> None:
    server = serve(HTTP_WORKERS="2", DRAIN_DELAY="1m")

    _signal_group(server, signal.SIGINT)

    assert seconds_to_end(server) < PROMPTLY


def test_another_ctrl_c_does_not_wait_for_anybody(serve: Serve) -> None:
    server = serve(DRAIN_DELAY="1m", SHUTDOWN_TIMEOUT="1m", REQUEST_TIMEOUT="1m")
    login = SlowLogin(server.url)
    _signal_group(server, signal.SIGINT)
    wait_until_refused(server.url)
    time.sleep(AFTER_THE_ECHO)

    _signal_group(server, signal.SIGINT)

    assert seconds_to_end(server) < PROMPTLY
    assert login.answer() == b""


def test_no_process_outlives_its_parent(serve: Serve) -> None:
    server = serve(HTTP_WORKERS="2", DRAIN_DELAY="1m")
    login = SlowLogin(server.url)
    began = time.monotonic()

    server.process.kill()
    server.process.communicate(timeout=PATIENCE)

    assert time.monotonic() - began < PROMPTLY
    assert login.answer() == b""
    with socket.create_server(address(server.url)):
        pass


def test_one_process_that_is_killed_ends_the_service_after_a_drain(serve: Serve) -> None:
    server = serve(HTTP_WORKERS="2", DRAIN_DELAY="1s")
    began = time.monotonic()

    os.kill(children_of(server.process.pid)[0], signal.SIGKILL)
    _, said = server.process.communicate(timeout=PATIENCE)

    assert server.process.returncode == 1
    assert "A server process ended unexpectedly" in said
    assert time.monotonic() - began >= 1


def test_a_start_that_waits_for_its_database_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/x"
        with starting(tmp_path, VARIABLES | {"DATABASE_URL": url}) as server:
            silent.settimeout(PATIENCE)
            caller, _ = silent.accept()
            with caller:
                _signal(server, signal.SIGTERM)

                assert seconds_to_end(server) < PROMPTLY
