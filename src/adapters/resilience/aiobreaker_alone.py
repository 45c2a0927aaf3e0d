"""Imports aiobreaker without the Redis client that it would load.

It would be for a storage that nobody uses here, and a third of the time that a command takes to
start. For the moment of the import it is as if it was not installed.
"""

import sys
from typing import Final

_UNWANTED: Final = "redis.exceptions"

_hidden = sys.modules.setdefault(_UNWANTED, None) is None  # type: ignore[arg-type]  # None hides it

from aiobreaker import (  # noqa: E402 - as said above
    CircuitBreaker,
    CircuitBreakerListener,
    CircuitBreakerState,
)
from aiobreaker.state import CircuitBreakerBaseState  # noqa: E402
from aiobreaker.storage.memory import CircuitMemoryStorage  # noqa: E402

if _hidden:
    del sys.modules[_UNWANTED]

__all__ = [
    "CircuitBreaker",
    "CircuitBreakerBaseState",
    "CircuitBreakerListener",
    "CircuitBreakerState",
    "CircuitMemoryStorage",
]
