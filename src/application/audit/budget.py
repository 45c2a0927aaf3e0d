"""How much of a storm of failures is written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

BURST: Final = 100
"""Failures that are written down however fast they come."""

REFILL: Final = timedelta(seconds=1)
"""After which one more may be."""


@dataclass(slots=True)
class FailureBudget:
    """Lets a burst pass, then one failure in each second, and counts what it holds back.

    Whoever sends wrong passwords could else make this service write as fast as they can send. It
    makes no difference between accounts, nor between known and unknown addresses, so that nobody
    learns anything from it. One process has one budget.
    """

    left: float = BURST
    held_back: int = 0
    refilled_at: datetime | None = None

    def take(self, now: datetime) -> int | None:
        """Give how many were held back since the last that passed, None to hold this one back."""
        if self.refilled_at is not None:
            gained = max(0.0, (now - self.refilled_at) / REFILL)
            self.left = min(float(BURST), self.left + gained)
        self.refilled_at = now
        if self.left < 1:
            self.held_back += 1
            return None
        self.left -= 1
        passed, self.held_back = self.held_back, 0
        return passed

    def give_back(self, held_back: int) -> None:
        """Count again what a failure that could not be written down would have told."""
        self.held_back += held_back
