"""A FIFO queue for callers of one address who may only be so many at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from application.ports.rate_limiter import Ruling

MAX_WAITING: Final = 100
"""Callers of one address that wait in a process at most."""
_POLL: Final = 0.05
"""Seconds after which the first asks again, since other processes cannot wake it."""


@dataclass(slots=True)
class _Line:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0


class AttemptQueue:
    """Lets callers wait for a place, in their order; the first of an address alone asks for it.

    So a crowd behind one address costs the limiter no more than one caller who waits.
    """

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    def __len__(self) -> int:
        """How many addresses have callers who wait."""
        return len(self._lines)

    async def enter(
        self,
        subject: str,
        ask: Callable[[], Awaitable[Ruling]],
        is_full: Callable[[Ruling], bool],
        patience: float,
    ) -> Ruling | None:
        """Give the first ruling that says anything but full; None when `patience` seconds end.

        None too when too many wait already.
        """
        line = self._lines.get(subject)
        if line is None:
            ruling = await ask()
            if not is_full(ruling):
                return ruling
            line = self._lines.setdefault(subject, _Line())
        if line.waiting >= MAX_WAITING:
            return None
        line.waiting += 1
        try:
            return await _wait(line, ask, is_full, asyncio.get_running_loop().time() + patience)
        finally:
            line.waiting -= 1
            if not line.waiting and self._lines.get(subject) is line:
                del self._lines[subject]

    def release(self, subject: str) -> None:
        """Wake the first who waits: a place is free."""
        if (line := self._lines.get(subject)) is not None:
            line.freed.set()


async def _wait(
    line: _Line,
    ask: Callable[[], Awaitable[Ruling]],
    is_full: Callable[[Ruling], bool],
    until: float,
) -> Ruling | None:
    time = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout_at(until):
            await line.turn.acquire()
    except TimeoutError:
        return None
    try:
        while True:
            line.freed.clear()
            # Never interrupted by our own clock: what is counted must be given back by somebody.
            ruling = await ask()
            if not is_full(ruling):
                return ruling
            if (left := until - time()) <= 0:
                return None
            with suppress(TimeoutError):
                async with asyncio.timeout(min(_POLL, left)):
                    await line.freed.wait()
    finally:
        line.turn.release()
