"""Start report: server processes report success or failure to their parent."""

import threading
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from application.errors import DependencyUnavailable, SchemaOutdated
from application.invalid_settings import InvalidSettings
from domain.errors import Category, DomainError


class ServerFailed(DomainError):
    """A server process could not start, or ended unexpectedly."""

    code = "SERVER_FAILED"
    summary = "A server process ended unexpectedly, so the service stopped."


Failure = DomainError | InvalidSettings
"""Why a process could not start; whole on the other side of a pipe, but for its cause."""

Report = Failure | None


class StartReports:
    """Collects one report of each process: None when it serves, else its Failure."""

    def __init__(self, workers: int, on_ready: Callable[[], None]) -> None:
        self._missing = workers
        self._on_ready = on_ready
        self._reader, self.writer = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self.failure: Report = None

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Read what is still on its way; call it once the processes have ended."""
        self.writer.close()
        self._thread.join(timeout=1)

    def _read(self) -> None:
        while True:
            try:
                report: Report = self._reader.recv()
            except (EOFError, OSError):
                return
            if report is not None:
                self.failure = self.failure or report
                continue
            self._missing -= 1
            if not self._missing:
                self._on_ready()


def failure_of(exc: BaseException) -> Failure:
    """Say why the start failed; a dependency that is down stays apart from a fault of ours."""
    if isinstance(exc, InvalidSettings):
        return exc
    if not isinstance(exc, DomainError):
        return ServerFailed(f"The service cannot start. {type(exc).__name__}: {exc}")
    gone = exc.category in {Category.UNAVAILABLE, Category.TIMEOUT}
    return (DependencyUnavailable if gone else ServerFailed)(
        f"The service cannot start. {_describe(exc)}"
    )


def _describe(error: DomainError) -> str:
    """Describe an error for operators: with context and the first line of its cause."""
    context = dict(error.context)
    # A driver's own words may have several lines.
    detail = " ".join(str(context.pop("detail", "")).split())
    known = [*([detail] if detail else []), *(f"{k}={v}" for k, v in context.items())]
    cause = str(error.__cause__ or "").strip().partition("\n")[0]
    details = ", ".join([*known, *([cause] if cause else [])])
    if isinstance(error, SchemaOutdated):
        return detail
    message = "A dependency cannot be reached." if _is_generic(error) else error.message
    return f"{message} ({details})" if details else message


def _is_generic(error: DomainError) -> bool:
    return isinstance(error, DependencyUnavailable) and error.message == error.summary


def send_report(writer: "Connection[Report, Report]", report: Report) -> None:
    """Send a report to the parent, if it still exists."""
    try:
        writer.send(report)
    except OSError:
        return
