"""The servers as a pytest plugin, in pytest's main process and in xdist's workers alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.services import pgbouncer
from tests.services.databases import database_prefix
from tests.services.run import OwnedRun, Run
from tests.services.services import Services, published

if TYPE_CHECKING:
    from collections.abc import Generator

    from _pytest.terminal import TerminalReporter

FOLDER = "test_services_folder"
NOT_RUN = "pgbouncer_tests_not_run"
MARKER = "pgbouncer"


class XdistNode(Protocol):
    """The part of xdist's `WorkerController` that is used here."""

    workerinput: dict[str, Any]
    workeroutput: dict[str, Any]


class ServicesPlugin:
    """Holds the run; hands its folder to the workers; says at the end which servers there were."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._not_run = 0
        # Set by xdist in a worker, to what the main process put into it below.
        self._worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self._run = OwnedRun() if self._worker is None else Run(Path(self._worker[FOLDER]))

    def services(self) -> Services:
        """Return the run's servers, started if they are not yet."""
        return self._run.services()

    @property
    def database_prefix(self) -> str:
        """What the databases of this run are named after."""
        return database_prefix(self._run.folder)

    @property
    def worker_number(self) -> int:
        """0 in the main process and in the first worker."""
        return 0 if self._worker is None else int(self._worker["workerid"].removeprefix("gw"))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: XdistNode) -> None:
        """Tell a worker which run it belongs to."""
        node.workerinput[FOLDER] = str(self._run.folder)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: XdistNode) -> None:
        """Take a worker's count; each collects all tests, so that all count the same."""
        output: dict[str, Any] = getattr(node, "workeroutput", {})  # a crashed worker leaves none
        self._not_run = max(self._not_run, output.get(NOT_RUN, 0))

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None]:
        """Take out what needs PgBouncer where it is not installed: it comes in no wheel.

        Whoever asks for them by `-m pgbouncer` gets them, and sees them fail.
        """
        for item in filter(_needs_pgbouncer, items):
            item.add_marker(MARKER)
        yield
        if pgbouncer.program() is not None or MARKER in self._config.option.markexpr:
            return
        needing = [item for item in items if _needs_pgbouncer(item)]
        self._not_run = len(needing)
        self._config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]

    def pytest_sessionfinish(self) -> None:
        """Hand the count to the main process."""
        if self._worker is not None:
            # By its name, because xdist adds the attribute to a class that does not declare it.
            output: dict[str, Any] = vars(self._config)["workeroutput"]
            output[NOT_RUN] = self._not_run

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Print which servers were used; nothing when no test needed one."""
        if self._not_run:
            hint = (
                f"pgbouncer not installed: {self._not_run} tests not run; {pgbouncer.INSTALL_HINT},"
                " then `just test-pgbouncer`"
            )
            terminalreporter.write_line(hint, yellow=True)
        services = published(self._run.folder)
        if services is not None:
            terminalreporter.write_line(services.summary(), red=bool(services.failure))

    def pytest_unconfigure(self) -> None:
        """Stop the servers, after Ctrl-C and errors too."""
        if isinstance(self._run, OwnedRun):
            self._run.close()


def _needs_pgbouncer(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return "pgbouncer_server_url" in fixtures or item.get_closest_marker(MARKER) is not None
