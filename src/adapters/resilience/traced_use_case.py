"""Span around a use case."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from application.ports.tracer import Tracer
from application.use_case import UseCase

C = TypeVar("C")
R = TypeVar("R")


def traced(name: str, inner: UseCase[C, R], tracer: Tracer) -> UseCase[C, R]:
    """Give `inner` with a span around each run, or as it is where nobody traces."""
    return TracedUseCase(name, inner, tracer) if tracer.is_on else inner


class TracedUseCase(UseCase[C, R]):
    """Makes a span of each run; what it is run again for stays within the one."""

    def __init__(self, name: str, inner: UseCase[C, R], tracer: Tracer) -> None:
        self.inner = inner
        self._name = name
        self._tracer = tracer

    def __call__(self, command: C) -> Coroutine[Any, Any, R]:
        return self._traced(command) if self._tracer.is_on else self.inner(command)

    async def _traced(self, command: C) -> R:
        with self._tracer.span(self._name):
            return await self.inner(command)
