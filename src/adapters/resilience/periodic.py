"""Periodic background work, and once more at the graceful shutdown."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from datetime import timedelta
from typing import Final

from application.ports.lifecycle import Lifecycle
from domain.errors import DomainError

PATIENCE: Final = 2.0
"""Seconds for the last run: nobody waits longer for a database that is gone."""


class Periodic(Lifecycle):
    """Awaits `run` every so often from `open` on, and once more in `close`.

    Where it raises a DomainError, or the last one takes too long, `on_failure` is called with
    `name`, and the next run is to do what this one did not.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[], Awaitable[None]],
        every: timedelta,
        on_failure: Callable[[str], None],
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._name = name
        self._run = run
        self._every = every.total_seconds()
        self._on_failure = on_failure
        self._patience = patience
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._repeat(), context=Context())

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.wait([task])
        await self._once(self._patience)

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self._once(None)

    async def _once(self, patience: float | None) -> None:
        try:
            async with asyncio.timeout(patience):
                await self._run()
        except (DomainError, TimeoutError):
            self._on_failure(self._name)
