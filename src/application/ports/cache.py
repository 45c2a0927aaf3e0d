"""A cache."""

from datetime import timedelta
from typing import Protocol

from application.ports.lifecycle import HealthCheck, Lifecycle


class Cache(Lifecycle, HealthCheck, Protocol):
    """Keeps bytes for a while; anything may be gone at any time.

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

    async def delete(self, key: str) -> None:
        """Forget the key, if it is there."""
        ...
