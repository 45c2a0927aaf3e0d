"""Fake clock that moves only when a test advances it."""

from datetime import UTC, datetime, timedelta

from application.ports.clock import Clock


class FrozenClock(Clock):
    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by
