"""Port: cache operations on one key."""

from datetime import timedelta
from typing import Protocol


class CacheEntries(Protocol):
    """Keeps bytes, one at least and 1 MiB at most, for a while; anything may be gone at any time.

    What comes back is untrusted: others may be able to write to the place where it is kept.

    Every method raises DependencyUnavailable when the cache cannot be reached.
    """

    async def get(self, key: str) -> bytes | None:
        """Give what was kept, None when there is nothing (any more)."""
        ...

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Keep `value` for `ttl` (a millisecond at least), whatever was there before."""
        ...

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        """Keep `value` only if nothing is there, atomically; tell whether it was kept."""
        ...

    async def ttl(self, key: str) -> timedelta | None:
        """Give how much longer the key is kept, None when there is nothing (any more)."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the key, if it is there."""
        ...
