"""Time that passes for what is kept."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from application.ports.cache import Cache

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=5)
PATIENCE = 5.0
Elapse = Callable[[timedelta], None]


async def gone(cache: Cache, key: str, elapse: Elapse, lifetime: timedelta = MOMENT) -> bool:
    """Whether the key ends, within a time that is long even on a busy machine."""
    until = time.monotonic() + PATIENCE
    elapse(lifetime)
    while await cache.get(key) is not None:
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.001)
    return True
