"""Retry with exponential backoff and jitter, by `backoff`."""

import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import backoff

from adapters.resilience.pipeline import Step
from application.context import call_context
from domain.errors import DomainError

P = ParamSpec("P")
T = TypeVar("T")

IsTransient = Callable[[DomainError], bool]
"""Whether the same call may succeed later, and whether repeating it is safe."""

RetryListener = Callable[[str, DomainError, float], None]
"""Called before each wait with the name of the call, its error, and the seconds of the wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`attempts` in all; before the n-th repeat a wait of up to `base * 2**(n - 1)`, or `cap`.

    The wait is drawn evenly from 0 to that ("full jitter"), so that callers who failed together
    do not come back together.
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    attempts: int
    base: timedelta
    cap: timedelta


class Retry(Step):
    """Repeats what `is_transient` says, while the caller still waits.

    A wait that would reach the deadline of the call is not begun: the error is raised instead.
    Cancelling ends a wait. `uniform(low, high)` draws; `monotonic` is the clock of deadlines.
    """

    def __init__(
        self,
        schedule: Schedule,
        is_transient: IsTransient,
        *,
        listener: RetryListener,
        uniform: Callable[[float, float], float] = random.uniform,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._schedule = schedule
        self._is_transient = is_transient
        self._listener = listener
        self._uniform = uniform
        self._monotonic = monotonic

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        try:
            return await call()
        except DomainError as error:
            if not self.is_transient(error):
                raise
            failed = error
        # backoff comes in only when there is something to repeat.
        return await self.after(name, call)([failed])

    def is_transient(self, error: DomainError) -> bool:
        """Whether a call that raised it is worth a repeat."""
        return self._is_transient(error)

    def after(
        self, name: str, call: Callable[P, Awaitable[T]]
    ) -> Callable[Concatenate[list[DomainError], P], Coroutine[Any, Any, T]]:
        """Return the repeats of `call` alone, for when the first attempt has `failed` already."""

        async def attempt(failed: list[DomainError], /, *args: P.args, **kwargs: P.kwargs) -> T:
            if failed:
                raise failed.pop()
            return await call(*args, **kwargs)

        async def on_backoff(details: Mapping[str, Any]) -> None:
            self._listener(name, details["exception"], details["wait"])

        return backoff.on_exception(
            self._waits,
            DomainError,
            max_tries=self._schedule.attempts,
            giveup=lambda error: not self._is_transient(error),  # type: ignore[arg-type] # a DomainError, as said above
            jitter=None,  # `_waits` adds it, and compares with the deadline.
            on_backoff=on_backoff,
            logger=None,
        )(attempt)

    def _waits(self) -> Generator[float, Any, None]:
        limits = backoff.expo(
            base=2,
            factor=self._schedule.base.total_seconds(),
            max_value=self._schedule.cap.total_seconds(),
        )
        next(limits)
        yield 0.0  # backoff begins a generator by sending it None.
        for limit in limits:
            wait = self._uniform(0.0, limit)
            deadline = call_context.get().deadline
            if deadline is not None and self._monotonic() + wait >= deadline:
                return  # To backoff this means giving up: it raises the call's own error.
            yield wait
