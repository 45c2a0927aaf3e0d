"""Runs the application on Granian.

This module does not import the application, so the parent stays small and quick.
"""

import contextlib
import signal
import sys
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, NoReturn

from application.settings import Settings
from entrypoints.http.address import Address, cannot_listen, free_address
from entrypoints.http.banner import banner
from entrypoints.http.parent_watchdog import ParentWatchdog
from entrypoints.http.reaping import reap_orphans
from entrypoints.http.signals import DEBUG, take_signals
from entrypoints.http.start_report import Report, ServerFailed, StartReports
from entrypoints.http.supervisor import Supervisor
from entrypoints.waiting import await_database

if TYPE_CHECKING:
    from entrypoints.http.app import HttpApi


def serve(settings: Settings) -> int:
    """Serve until SIGTERM, after a drain, or SIGINT, without; the result is the exit code, 0.

    Raises CannotListen, InvalidSettings or DependencyUnavailable when it cannot start, and
    ServerFailed when that has another reason or a process ends unasked.
    """
    import containers  # noqa: PLC0415 - drivers import it in bodies only

    containers.configure_logs(settings.log)
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(KeyboardInterrupt), containers.sharing_metrics(settings):
        address = free_address(settings.http.host, settings.http.port)
        metrics = _metrics_address(settings)
        # Here, once: the server processes would each wait, and each complain.
        await_database(settings)
        _run(settings, address, metrics)
    return 0


def _metrics_address(settings: Settings) -> Address | None:
    port = settings.http.metrics_port
    return None if port is None else free_address(settings.http.host, port, "METRICS_PORT")


def _run(settings: Settings, address: Address, metrics: Address | None) -> None:
    server = Supervisor(settings, address)
    reap_orphans(server.process_ids)

    def begin() -> None:
        if metrics is not None:
            _expose(metrics, server)
        _print(banner(settings, address.url, metrics))

    reports = StartReports(settings.http.workers, begin)
    signal.signal(DEBUG, partial(_toggle_debug, settings, server))
    load = partial(_load, settings, reports.writer, ParentWatchdog())
    reports.start()
    try:
        server.serve(target_loader=load, wrap_loader=False)
    except OSError as error:
        raise cannot_listen(address.host, address.port, error) from error
    except SystemExit:
        # Granian's way to say that a process ended unasked. One that a Ctrl-C in the terminal
        # reached before its parent's own SIGTERM did was asked.
        if not server.interrupt_signal:
            reports.finish()
            raise (reports.failure or ServerFailed()) from None


def _expose(address: Address, server: Supervisor) -> None:
    """Serve the metrics of all processes; done once they run, so that none inherits the socket."""
    import containers  # noqa: PLC0415 - as above

    try:
        containers.expose_metrics(address.host, address.port, server.process_ids)
    except OSError as error:
        _print(cannot_listen(address.host, address.port, error, "METRICS_PORT").message)


def _toggle_debug(settings: Settings, server: Supervisor, *_: object) -> None:
    import containers  # noqa: PLC0415 - as above

    containers.toggle_debug(settings)
    server.pass_on(DEBUG)


def _load(
    settings: Settings, writer: "Connection[Report, Report]", parent_watchdog: ParentWatchdog
) -> "HttpApi":
    """Build the application; runs in the server process."""
    stop = take_signals()
    parent_watchdog.watch()
    from entrypoints.http.worker import build_app  # noqa: PLC0415 - as the module says

    return build_app(settings, writer, stop)


def _print(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - meant for the terminal


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
