"""Waiting for a server that starts at the same time as we do."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from application.errors import DependencyUnavailable

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 2.0
"""Seconds; the longest is how much later than its server a service may be up."""

Told = Callable[[DependencyUnavailable], None]
"""Hears why it has to wait, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAnswer:
    """Asks again, in pauses that double, for as long as `patience`.

    A pause that would reach its end is not begun.
    """

    patience: timedelta
    told: Told
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic

    async def to(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Return when `ask` does; raises the DependencyUnavailable that it raised last."""
        deadline = self.monotonic() + self.patience.total_seconds()
        is_told = False
        for pause in _pauses():
            try:
                await ask()
            except DependencyUnavailable as error:
                if self.monotonic() + pause >= deadline:
                    raise
                if not is_told:
                    self.told(error)
                is_told = True
            else:
                return
            await self.sleep(pause)


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)
