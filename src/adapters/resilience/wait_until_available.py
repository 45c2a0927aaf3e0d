"""Start-up retry: waits for a server that starts at the same time as the service."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Final

from application.errors import DependencyUnavailable

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 2.0
"""Seconds; the longest is how much later than its server a service may be up."""

OnWait = Callable[[DependencyUnavailable], None]
"""Called once, with the error of the first attempt, when there is a wait."""


async def wait_until_available(
    ask: Callable[[], Awaitable[object]],
    *,
    patience: timedelta,
    on_wait: OnWait,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Return once `ask` does; it is repeated with pauses that double, for `patience` at most.

    A pause that would reach the end is not begun: the DependencyUnavailable that `ask` raised
    last is raised.
    """
    deadline = monotonic() + patience.total_seconds()
    is_first = True
    for pause in _pauses():
        try:
            await ask()
        except DependencyUnavailable as error:
            if monotonic() + pause >= deadline:
                raise
            if is_first:
                on_wait(error)
            is_first = False
        else:
            return
        await sleep(pause)


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)
