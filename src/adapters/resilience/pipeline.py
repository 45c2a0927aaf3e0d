"""Pipeline of policies around a call."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

T = TypeVar("T")


class Step(Protocol):
    """One policy around a call."""

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        """Do `call`, perhaps more than once, perhaps not at all; give its result or raise.

        `name` is what a person calls the operation: `users.get`.
        """
        ...


class Pipeline(Step):
    """Steps around steps around a call, the outermost first.

    What a port's policy delegates to, one line for each method:

        async def contains(self, password: Password) -> bool:
            return await self._pipeline.run(
                "breached_passwords.contains", lambda: self._inner.contains(password)
            )

    `presets.external` builds the usual one for a dependency behind a network.
    """

    def __init__(self, *steps: Step) -> None:
        self._steps = tuple(reversed(steps))

    async def run(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        for step in self._steps:
            call = partial(step.run, name, call)
        return await call()
