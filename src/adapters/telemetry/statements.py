"""Calls of the database in the log: by their names, never with values."""

import logging
from datetime import timedelta
from typing import Final

logger: Final = logging.getLogger("armature.database")


class ToldStatements:
    """Tells every call at `debug`, and those from `slow` on at `warning`."""

    def __init__(self, slow: timedelta) -> None:
        self._slow = slow.total_seconds()

    def __call__(self, name: str, seconds: float, failure: str | None) -> None:
        is_slow = seconds >= self._slow
        level = logging.WARNING if is_slow else logging.DEBUG
        if not logger.isEnabledFor(level):
            return
        facts = {
            "statement": name,
            "duration_ms": round(seconds * 1000, 3),
            "failure": failure,
        }
        told = f"{'slow: ' if is_slow else ''}{name} took {seconds * 1000:.1f} ms"
        logger.log(level, "%s", f"{told}, {failure}" if failure else told, extra=facts)
