"""Single flight: one call for all who ask at the same time, against a cache stampede."""

import asyncio
import time
from asyncio import Task
from collections.abc import Awaitable, Callable
from datetime import timedelta
from math import inf
from typing import Generic, TypeVar

from application.context import call_context
from application.errors import OperationTimedOut

T = TypeVar("T")


class Flight(Generic[T]):
    """A call that is under way. `is_current` ends when the key is forgotten, or flown anew."""

    def __init__(self, seen_version: bytes | None, began: float) -> None:
        self.seen_version = seen_version
        self.began = began
        self.is_current = True
        self.waiting = 0

    def take_off(self, call: Callable[["Flight[T]"], Awaitable[T]]) -> None:
        self.task: Task[T] = asyncio.create_task(self._fly(call))

    async def _fly(self, call: Callable[["Flight[T]"], Awaitable[T]]) -> T:
        seconds = call_context.get().bound(inf)
        limit = asyncio.timeout(None if seconds == inf else seconds)
        try:
            async with limit:
                return await call(self)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise OperationTimedOut(context={"operation": "single flight"}) from error

    def has_failed_its_leader_alone(self) -> bool:
        """Whether it was the leader's deadline that ended it, or a cancellation."""
        return self.task.cancelled() or isinstance(self.task.exception(), OperationTimedOut)


class SingleFlight(Generic[T]):
    """Lets whoever asks for a key while a call for it is under way have its result, or its error.

    The call runs in a task of its own, in the context of the one who began it, its leader: its
    deadline, its trace. Whoever leaves, leaves the call to the others; when the last one has left
    it is cancelled, and waited for. Nothing of it is kept afterwards. When the leader's deadline
    ends it, or a cancellation, one of those who still wait begins anew, in its own time.

    A caller never joins a call that may have read before the caller's own knowledge: not one that
    was begun with another `seen_version`, nor after `forget`, nor once it has taken `join_within`.
    For one event loop; `monotonic` gives seconds.
    """

    def __init__(
        self,
        *,
        join_within: timedelta = timedelta(seconds=1),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._join_within = join_within.total_seconds()
        self._monotonic = monotonic
        self._flights: dict[str, Flight[T]] = {}

    def __len__(self) -> int:
        """How many can be joined."""
        return len(self._flights)

    async def run(
        self,
        key: str,
        call: Callable[[Flight[T]], Awaitable[T]],
        *,
        seen_version: bytes | None = None,
    ) -> T:
        """Make the call, or wait for the one that is under way; raises what the call raises."""
        while (flight := self._joinable(key, seen_version)) is not None:
            await self._wait(flight)
            if not flight.has_failed_its_leader_alone():
                return flight.task.result()
        flight = self._begin(key, call, seen_version)
        await self._wait(flight)
        return flight.task.result()

    def forget(self, key: str) -> None:
        """Let nobody join what is under way; those who wait for it already get its result."""
        flight = self._flights.pop(key, None)
        if flight is not None:
            flight.is_current = False

    def _joinable(self, key: str, seen_version: bytes | None) -> Flight[T] | None:
        flight = self._flights.get(key)
        if flight is None or flight.seen_version != seen_version:
            return None
        return flight if self._monotonic() - flight.began < self._join_within else None

    def _begin(
        self, key: str, call: Callable[[Flight[T]], Awaitable[T]], seen_version: bytes | None
    ) -> Flight[T]:
        self.forget(key)
        flight: Flight[T] = Flight(seen_version, self._monotonic())
        self._flights[key] = flight
        flight.take_off(call)
        # Not at the end of the call: one that is cancelled before it begins has no end.
        flight.task.add_done_callback(lambda _: self._land(key, flight))
        return flight

    def _land(self, key: str, flight: Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.task.cancelled():
            flight.task.exception()  # Seen, should nobody wait for it any more.

    async def _wait(self, flight: Flight[T]) -> None:
        """Wait for the end; raises CancelledError only when it is the caller who is cancelled."""
        flight.waiting += 1
        try:
            await asyncio.wait({flight.task})
        except asyncio.CancelledError:
            if flight.waiting == 1:
                flight.task.cancel()
                # Its connection is given back before its caller is gone.
                await asyncio.wait({flight.task})
            raise
        finally:
            flight.waiting -= 1
