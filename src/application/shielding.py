"""Work that a cancellation does not interrupt."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


async def shield_to_completion(work: Coroutine[object, object, T]) -> T:
    """Run `work` to its end whatever happens to the caller.

    A caller that is cancelled meanwhile waits for the end too, and is cancelled then: so what
    follows, a rollback for instance, never runs beside the work.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                continue
        if not task.cancelled():
            task.exception()  # Seen, so that the loop does not report it as never retrieved.
        raise
