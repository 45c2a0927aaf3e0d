"""Port: the current time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where every use case gets the time from."""

    def now(self) -> datetime:
        """Give the time in UTC, aware, to the microsecond at most."""
        ...
