"""Probe that closes an open breaker once its dependency answers."""

import asyncio
from asyncio import Task
from contextvars import Context
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from application.errors import DependencyUnavailable
from application.ports.circuit_listener import CircuitListener, CircuitState
from application.ports.lifecycle import HealthCheck, Lifecycle

if TYPE_CHECKING:
    from adapters.resilience.breaker import Breaker

PATIENCE: Final = timedelta(seconds=2)
"""For one answer; a frozen server would keep a probe for ever."""


class Probe(Lifecycle, CircuitListener):
    """While the breaker is open, asks `dependency` every so often, and half-opens it on an answer.

    Nothing runs at any other time, nor before `open` and after `close`.
    """

    def __init__(
        self,
        breaker: "Breaker",
        dependency: HealthCheck,
        *,
        every: timedelta = timedelta(seconds=1),
        patience: timedelta = PATIENCE,
    ) -> None:
        self._breaker = breaker
        self._dependency = dependency
        self._every = every.total_seconds()
        self._patience = patience.total_seconds()
        self._is_open = False
        self._task: Task[None] | None = None
        breaker.add_listener(self)

    async def open(self) -> None:
        self._is_open = True

    async def close(self) -> None:
        self._is_open = False
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def changed(self, name: str, before: CircuitState, after: CircuitState) -> None:  # noqa: ARG002 - a listener's
        is_asking = self._task is not None and not self._task.done()
        if after is CircuitState.OPEN and self._is_open and not is_asking:
            # Of its own: the call that opened the breaker has a deadline, which is over soon.
            context = Context()
            self._task = asyncio.create_task(self._ask(), name="probe", context=context)

    def failed(self, name: str, error: BaseException) -> None:
        """Do nothing: one failure is the breaker's business."""

    async def _ask(self) -> None:
        while self._breaker.state is CircuitState.OPEN:
            generation = self._breaker.generation
            await asyncio.sleep(self._every)
            if await self._is_answered():
                self._breaker.try_again(generation)

    async def _is_answered(self) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await self._dependency.check()
        except DependencyUnavailable as error:
            # One that only takes no writes is another outage than that of the breaker.
            return error.dependency != self._breaker.name
        except Exception:  # noqa: BLE001 - whatever it is, the dependency does not work
            return False
        return True
