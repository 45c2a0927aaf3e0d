"""Port: atomic counters in a cache."""

from datetime import timedelta
from typing import Protocol


class Counters(Protocol):
    """Counts atomically; a counter may be gone at any time, as any entry of a cache.

    A counter that is not there stands at 0, and lives for `ttl` (a millisecond at least) from when
    it was first counted: counting on does not prolong that. It is an entry, its decimal digits, to
    be read and deleted as such. It holds 64 bits with a sign.

    Both methods give what it stands at then. They raise ValueError, and leave everything as it is,
    when the entry is no number or the result would not fit; DependencyUnavailable when whoever
    counts cannot be reached.
    """

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:
        """Count up."""
        ...

    async def decrement(self, key: str, ttl: timedelta, by: int = 1) -> int:
        """Count down, below 0 if need be."""
        ...
