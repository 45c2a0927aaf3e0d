"""Runs the application on Granian, with a start-up banner.

This module does not import the application, so the parent stays small and quick.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qs

from application.settings import Settings
from application.url import split_url
from application.version import VERSION
from entrypoints.http.server.address import Address, cannot_listen, free_address
from entrypoints.http.server.process import DEBUG, ParentWatchdog, take_signals
from entrypoints.http.server.start_report import Report, ServerFailed, StartReports
from entrypoints.http.server.supervisor import Supervisor
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
    from entrypoints.http.server.worker import build_app  # noqa: PLC0415 - as the module says

    return build_app(settings, writer, stop)


def _print(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - meant for the terminal


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def banner(settings: Settings, url: str, metrics: Address | None = None) -> str:
    """Where everything is, and how to begin; no secret is in it."""
    return "\n".join(
        (
            f"Armature {VERSION} ({settings.environment}) listens on {url}",
            f"  API       {url}/api/v1",
            f"  docs      {url}/docs",
            *([f"  metrics   {metrics.url}/metrics"] if metrics else []),
            f"  database  {describe_database(settings.database.url)}",
            "",
            *_first_steps(settings.database.url),
        )
    )


def describe_database(url: str) -> str:
    """The path of a database's file, or its URL without user, password and parameters."""
    parts = split_url(url)
    if parts.scheme == "memory":
        return "memory, gone when the server stops"
    if parts.scheme == "sqlite":
        return str(Path(parts.path.removeprefix("/")).absolute())
    # libpq's way to name the folder of a Unix socket is a parameter.
    host = parts.netloc.rpartition("@")[2] or ",".join(parse_qs(parts.query).get("host", []))
    return f"{parts.scheme}://{host}{parts.path}"


def _first_steps(url: str) -> Iterator[str]:
    if split_url(url).scheme == "memory":
        yield "Users register over the API: no other process sees this memory."
        return
    command = _command()
    yield "The first user, and how they become an admin:"
    yield f"  {command} users register you@example.org"
    yield f"  {command} users grant you@example.org admin"


def _command() -> str:
    """Return the command that starts the program from this folder, `uv run` included."""
    # `uv run` sets both: outside of it, what started us is on the PATH.
    if "UV_RUN_RECURSION_DEPTH" not in os.environ:
        return "armature"
    uv = Path(os.environ.get("UV", "uv"))
    if uv.is_relative_to(Path.cwd()):
        return f"{uv.relative_to(Path.cwd())} run armature"
    return "uv run armature"


def reap_orphans(own: Callable[[], Mapping[str, int]]) -> None:
    """Reap zombies as process 1 of a container; does nothing in any other process.

    Orphans are re-parented to process 1. Those in `own` are waited for elsewhere.
    """
    if os.getpid() == 1:
        signal.signal(signal.SIGCHLD, lambda *_: reap(own().values()))


def reap(own: Collection[int]) -> None:
    """Wait for every child that has ended, but for those in `own`."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        # One of our own ends the service, so what stands behind it in the queue can wait.
        if ended is None or ended.si_pid in own:
            return
        os.waitpid(ended.si_pid, 0)
