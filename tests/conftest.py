"""What all tests share: hypothesis profiles, and the servers that integration tests may ask for."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.services.lane import LaneError, requested
from tests.services.plugin import ServicesPlugin

# `ci` finds the same examples every time, so that a red run is red again; the option
# --hypothesis-profile=thorough searches anew. No deadline: a busy machine is not a bug.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a wrong `TEST_SERVICES` before anything runs, and give the tests their servers."""
    config.addinivalue_line(
        "markers", "pgbouncer: needs PgBouncer; not run where it is not installed"
    )
    try:
        requested(os.environ)
    except LaneError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(ServicesPlugin(config), "test-services")


def pytest_xdist_auto_num_workers() -> int:
    """Two workers a core: half of its time, a worker waits for a server or a command."""
    return 2 * (os.cpu_count() or 1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the unit tests cost; the aim is 20 ms a test and 120 s in all on two cores."""
    reports = [
        report
        for kind in ("", "passed", "failed", "error")
        for report in terminalreporter.getreports(kind)
        if report.nodeid.startswith("tests/unit/")
    ]
    if not reports:
        return
    tests, seconds = len({report.nodeid for report in reports}), sum(r.duration for r in reports)
    terminalreporter.write_line(
        f"unit tests: {tests} in {seconds:.0f} s of work, {1000 * seconds / tests:.1f} ms each"
    )
