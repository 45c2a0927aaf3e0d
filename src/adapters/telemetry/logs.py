"""Log lines: for people on a terminal, for machines elsewhere."""

import logging
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from application.settings import LogSettings

if TYPE_CHECKING:
    from structlog.stdlib import ProcessorFormatter
    from structlog.types import Processor


def configure(settings: LogSettings) -> None:
    """Send every log line of the process to stderr, in one form.

    Ours from `settings.level` on; those of libraries from `warning` on, since what they tell of
    their daily work is not ours to repeat.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(settings.format))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("armature").setLevel(settings.level.upper())


class _Formatter(logging.Formatter):
    """Imports structlog with the first line: a start that goes well has none to wait for."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._is_json = form == "json"

    def format(self, record: logging.LogRecord) -> str:
        return self._structured.format(record)

    @cached_property
    def _structured(self) -> "ProcessorFormatter":
        import structlog  # noqa: PLC0415 - as the class says

        # Machines get what a line says as fields too; a person has read it in the line.
        facts: list[Processor] = [structlog.stdlib.ExtraAdder()] if self._is_json else []
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                *facts,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *self._rendering(),
            ],
        )

    def _rendering(self) -> "list[Processor]":
        import structlog  # noqa: PLC0415 - as the class says

        if self._is_json:
            return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        return [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The default shows the values of local variables, passwords among them.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
