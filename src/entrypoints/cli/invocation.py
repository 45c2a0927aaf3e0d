"""Context of one command invocation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import typer

    from application.actor import Operator
    from application.use_cases import UseCases
    from entrypoints.cli.runtime import Runtime
    from entrypoints.cli.terminal import Terminal

R = TypeVar("R")

USER_AGENT: Final = "armature command line"
"""What a session that begins here says of its client."""


@dataclass(frozen=True, slots=True)
class Invocation:
    runtime: Runtime
    terminal: Terminal
    is_debug: bool = False

    @property
    def operator(self) -> Operator:
        return self.runtime.operator()

    def call(self, action: Callable[[UseCases], Awaitable[R]]) -> R:
        """Run `action` on the use cases, opened for it and closed after it."""
        import asyncio
        from uuid import uuid4

        from application.context import CallContext, call_context

        async def within() -> R:
            call_context.set(CallContext(request_id=str(uuid4()), user_agent=USER_AGENT))
            async with self.runtime.use_cases() as use_cases:
                return await action(use_cases)

        return asyncio.run(within())


def invocation(context: typer.Context) -> Invocation:
    """Give what `run` attached to the context of every command."""
    found = context.find_object(Invocation)
    if found is None:
        raise LookupError("a command was called outside of `run`")
    return found
