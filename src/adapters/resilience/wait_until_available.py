"""Start-up retry: waits for a server that starts at the same time as the service."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Final

from application.errors import DatabaseFailure, DependencyUnavailable
from application.ports.database_inspection import DatabaseInspection

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


async def await_server(
    inspection: DatabaseInspection, patience: timedelta, on_wait: OnWait
) -> None:
    """Return once the server of a database answers; files are there or not, and not waited for."""
    if inspection.files or not inspection.has_schema:
        return
    # What an answering server refuses is reported by whoever needs it.
    with suppress(DatabaseFailure):
        await wait_until_available(inspection.look, patience=patience, on_wait=on_wait)
