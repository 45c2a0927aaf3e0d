"""Sampler of gauges: pool sizes, hashing queue, active users."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from application.errors import DependencyUnavailable
from application.metrics import (
    ACTIVE_USERS,
    CONNECTIONS_ACTIVE,
    CONNECTIONS_IDLE,
    CONNECTIONS_LIMIT,
    CONNECTIONS_WAITING,
    DATABASE_READ_ONLY,
    HASHING_ACTIVE,
    HASHING_LIMIT,
    HASHING_WAITING,
    LOOP_LAG,
)
from application.ports.active_users import ActiveUsers
from application.ports.database import Database
from application.ports.lifecycle import Lifecycle
from application.ports.load import Loaded
from application.ports.meter import Meter
from domain.errors import DomainError

PERIOD: Final = 1.0
"""Seconds between two looks."""

FailOpenListener = Callable[[str], None]


class Sampler(Lifecycle):
    """Writes down how busy the process is and how many users are active; idle if nobody reads."""

    def __init__(
        self,
        meter: Meter,
        *,
        database: Database,
        hasher: Loaded,
        active: ActiveUsers,
        failed_open: FailOpenListener,
        period: float = PERIOD,
    ) -> None:
        self._meter = meter
        self._database = database
        self._hasher = hasher
        self._active = active
        self._failed_open = failed_open
        self._period = period
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        if self._meter.is_on and self._task is None:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def look(self) -> None:
        """Write everything down once."""
        database, hasher = self._database.load(), self._hasher.load()
        for gauge, value in (
            (CONNECTIONS_ACTIVE, database.active),
            (CONNECTIONS_IDLE, database.idle),
            (CONNECTIONS_WAITING, database.waiting),
            (CONNECTIONS_LIMIT, database.limit),
            (DATABASE_READ_ONLY, database.is_read_only),
            (HASHING_ACTIVE, hasher.active),
            (HASHING_WAITING, hasher.waiting),
            (HASHING_LIMIT, hasher.limit),
        ):
            self._meter.set(gauge, value)
        if database.is_read_only:
            # What takes no writes gets few of them that would show when it takes them again.
            with suppress(DomainError, TimeoutError):
                async with asyncio.timeout(self._period):
                    await self._database.check()
        try:
            self._meter.set(ACTIVE_USERS, await self._active.count())
        except DependencyUnavailable:
            self._failed_open("count")

    async def _run(self) -> None:
        while True:
            await self.look()
            due = time.monotonic() + self._period
            await asyncio.sleep(self._period)
            self._meter.observe(LOOP_LAG, max(0.0, time.monotonic() - due))
