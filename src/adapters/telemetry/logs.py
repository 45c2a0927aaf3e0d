"""Logging configuration: console for people, JSON elsewhere."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, TextIO

from adapters.telemetry.correlation import facts_of_call
from adapters.telemetry.log_queue import LineWriter
from adapters.telemetry.redaction import redact, redact_text
from application.metrics import LOG_LINES_DROPPED
from application.ports.meter import Meter
from application.settings import LogSettings

if TYPE_CHECKING:
    from structlog.stdlib import ProcessorFormatter
    from structlog.types import EventDict, Processor, WrappedLogger

OURS: Final = "armature"
"""The logger above all of ours."""
LAST_LINES: Final = 1.0
"""Seconds that a process which ends gives whoever reads its log to take the last lines."""

logger: Final = logging.getLogger("armature.logs")


def configure(settings: LogSettings) -> None:
    """Send every log line of the process to stderr, in one form.

    Ours from `settings.level` on; those of libraries from `warning` on, since what they tell of
    their daily work is not ours to repeat.
    """
    handler = _Handler(sys.stderr)
    handler.setFormatter(_Formatter(settings.format))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger(OURS).setLevel(settings.level.upper())


def shortcut() -> LineWriter | None:
    """Give where JSON lines go that are ready: past the records of the standard library.

    None where lines are for people, or are not written aside.
    """
    return _Shortcut.writer


class _Shortcut:
    """Where lines go that take it; None where there is none."""

    writer: LineWriter | None = None


@contextmanager
def written_aside(meter: Meter) -> Iterator[None]:
    """Let nobody in this process wait for whoever reads its log: see LineWriter.

    What that costs is told by `meter`, and by a line once lines pass again.
    """

    def lost(lines: int, others_pass: bool) -> None:  # noqa: FBT001 - as a Lost is called
        meter.add(LOG_LINES_DROPPED, amount=lines)
        if others_pass:
            logger.warning("%d lines of the log were dropped: their reader was too slow.", lines)

    handlers = [each for each in logging.getLogger().handlers if isinstance(each, _Handler)]
    for handler in handlers:
        handler.writer = LineWriter(handler.stream.fileno(), lost)
        is_json = isinstance(handler.formatter, _Formatter) and handler.formatter.is_json
        _Shortcut.writer = handler.writer if is_json else None
    try:
        yield
    finally:
        _Shortcut.writer = None
        for handler in handlers:
            if handler.writer is not None:
                handler.writer.close(LAST_LINES)


def toggle_debug(settings: LogSettings) -> str:
    """Let our lines begin at `debug`, or again where `settings` say; gives the level's name."""
    logger = logging.getLogger(OURS)
    is_debug = logger.level == logging.DEBUG
    level = settings.level.upper() if is_debug and settings.level != "debug" else "DEBUG"
    if is_debug and settings.level == "debug":
        level = "INFO"
    logger.setLevel(level)
    return level.lower()


class _Handler(logging.StreamHandler[TextIO]):
    """Writes at once, or gives its lines to a writer when it has one."""

    writer: LineWriter | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self.writer is None:
            super().emit(record)
            return
        try:
            line = self.format(record) + self.terminator
            self.writer.write(line.encode("utf-8", errors="backslashreplace"))
        except Exception:  # noqa: BLE001 - as every handler of the standard library
            self.handleError(record)


class _Formatter(logging.Formatter):
    """Imports structlog with the first line: a start that goes well has none to wait for."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.is_json = form == "json"

    def format(self, record: logging.LogRecord) -> str:
        return self._structured.format(record)

    @cached_property
    def _structured(self) -> "ProcessorFormatter":
        import structlog  # noqa: PLC0415 - as the class says

        # Machines get what a line says as fields too; a person has read it in the line.
        facts: list[Processor] = [structlog.stdlib.ExtraAdder()] if self.is_json else []
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                _timestamped,
                _correlated,
                *facts,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *self._rendering(),
            ],
        )

    def _rendering(self) -> "list[Processor]":
        import structlog  # noqa: PLC0415 - as the class says

        if self.is_json:
            return [
                structlog.processors.format_exc_info,
                _redacted,
                structlog.processors.JSONRenderer(lambda line, **_: _encode(line).decode()),
            ]
        return [
            _redacted,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The default shows the values of local variables, passwords among them.
                exception_formatter=_plain_traceback,
            ),
        ]


def _encode(line: object) -> bytes:
    import msgspec  # noqa: PLC0415 - as the formatter says

    return msgspec.json.encode(line, enc_hook=str)


def _timestamped(_: "WrappedLogger", __: str, line: "EventDict") -> "EventDict":
    record: logging.LogRecord = line["_record"]
    at = datetime.fromtimestamp(record.created, UTC)
    line["timestamp"] = at.isoformat().replace("+00:00", "Z")
    return line


def _correlated(_: "WrappedLogger", __: str, line: "EventDict") -> "EventDict":
    line.update(facts_of_call())
    return line


def _redacted(_: "WrappedLogger", __: str, line: "EventDict") -> "EventDict":
    return {name: _fact(name, value) for name, value in line.items()}


def _fact(name: str, value: object) -> object:
    # What is raised is for the renderer, which prints it; `_plain_traceback` looks at that.
    return value if name == "exc_info" else redact(value, name)


def _plain_traceback(stream: "object", raised: "object") -> None:
    import io  # noqa: PLC0415 - as the class says

    import structlog  # noqa: PLC0415 - as the class says

    text = io.StringIO()
    structlog.dev.plain_traceback(text, raised)  # type: ignore[arg-type]  # as structlog calls us
    stream.write(redact_text(text.getvalue()))  # type: ignore[attr-defined]  # a text stream
