"""Logging configuration: console for people, JSON elsewhere."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, TextIO

from adapters.telemetry.correlation import facts_of_call
from adapters.telemetry.log_queue import LogQueue, LogWriter
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
"""Seconds that a stop waits for the last lines to be written."""

logger: Final = logging.getLogger("armature.logs")


def configure(settings: LogSettings) -> None:
    """Send every log line of the process to stderr, in one form.

    Our loggers from `settings.level` on, those of libraries from `warning` on.
    """
    handler = _DirectHandler(sys.stderr)
    handler.is_json = settings.format == "json"
    handler.setFormatter(_Formatter(is_json=handler.is_json))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger(OURS).setLevel(settings.level.upper())


@contextmanager
def queued(meter: Meter) -> Iterator[None]:
    """Write the log through a LogQueue, so that no caller waits for the reader of stderr.

    Dropped lines are counted by `meter`, and logged once lines pass again.
    """

    def on_dropped(lines: int, others_pass: bool) -> None:  # noqa: FBT001 - as OnDropped is called
        meter.add(LOG_LINES_DROPPED, amount=lines)
        if others_pass:
            logger.warning("%d lines of the log were dropped: their reader was too slow.", lines)

    root = logging.getLogger()
    direct = next((each for each in root.handlers if isinstance(each, _DirectHandler)), None)
    if direct is None:
        yield
        return
    lines = LogQueue()
    lines.setFormatter(direct.formatter)
    writer = LogWriter(lines, direct.stream.fileno(), on_dropped)
    writer.start()
    root.handlers[root.handlers.index(direct)] = lines
    if direct.is_json:
        _json_queues.append(lines)
    try:
        yield
    finally:
        _json_queues.clear()
        # A reader that took nothing to the end would block the last lines: they stay in the queue.
        if writer.close(LAST_LINES):
            root.handlers[root.handlers.index(lines)] = direct


def json_queue() -> LogQueue | None:
    """Give the queue that takes encoded JSON lines, past the records of the standard library.

    None where lines are for people, or are not queued.
    """
    return _json_queues[0] if _json_queues else None


_json_queues: Final[list[LogQueue]] = []


def toggle_debug(settings: LogSettings) -> str:
    """Set our loggers to `debug`, or back to the level of `settings`; returns the level's name."""
    logger = logging.getLogger(OURS)
    is_debug = logger.level == logging.DEBUG
    level = settings.level.upper() if is_debug and settings.level != "debug" else "DEBUG"
    if is_debug and settings.level == "debug":
        level = "INFO"
    logger.setLevel(level)
    return level.lower()


class _DirectHandler(logging.StreamHandler[TextIO]):
    """Writes each line at once."""

    is_json = False


class _Formatter(logging.Formatter):
    """Imports structlog with the first line: a start that goes well has none to wait for."""

    def __init__(self, *, is_json: bool) -> None:
        super().__init__()
        self.is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        return self._structured.format(record)

    @cached_property
    def _structured(self) -> "ProcessorFormatter":
        import structlog  # noqa: PLC0415 - as the class says

        # JSON has the fields apart; in a line for people they are part of the text.
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
