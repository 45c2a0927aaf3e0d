"""Query log: slow queries at `warning`, all at `debug`; names only, never values."""

import logging
from datetime import timedelta
from typing import Final

logger: Final = logging.getLogger("armature.database")


class QueryLog:
    """Logs every call at `debug`, and those from `slow` on at `warning`."""

    def __init__(self, slow: timedelta) -> None:
        self._slow = slow.total_seconds()

    def __call__(self, name: str, seconds: float, failure: str | None) -> None:
        is_slow = seconds >= self._slow
        level = logging.WARNING if is_slow else logging.DEBUG
        if not logger.isEnabledFor(level):
            return
        extra = {
            "statement": name,
            "duration_ms": round(seconds * 1000, 3),
            "failure": failure,
        }
        message = f"{'slow: ' if is_slow else ''}{name} took {seconds * 1000:.1f} ms"
        logger.log(level, "%s", f"{message}, {failure}" if failure else message, extra=extra)
