"""Timeout policy."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from adapters.resilience.pipeline import Step
from application.context import call_context
from application.errors import DependencyUnavailable, OperationTimedOut

T = TypeVar("T")


class Timeout(Step):
    """Ends a call after `limit`, or at its caller's deadline if that comes first.

    Raises DependencyUnavailable of `dependency` for the first, OperationTimedOut for the second.
    """

    def __init__(self, dependency: str, limit: timedelta) -> None:
        self._dependency = dependency
        self._limit = limit.total_seconds()

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        seconds = call_context.get().bound(self._limit)
        timeout = asyncio.timeout(seconds)
        try:
            async with timeout:
                return await call()
        except TimeoutError as error:
            if not timeout.expired():
                raise
            context = {"operation": name, "seconds": round(seconds, 3)}
            if seconds < self._limit:
                raise OperationTimedOut(context=context) from error
            raise DependencyUnavailable(dependency=self._dependency, context=context) from error
