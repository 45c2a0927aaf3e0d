"""Port: a cache, in three roles: single entries, batches of entries, counters.

What has no caller yet was asked for with the port, and every adapter has it (ADR 39).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from application.ports.lifecycle import HealthCheck, Lifecycle


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
        """Keep `value` only if nothing is there, atomically; returns whether it was kept."""
        ...

    async def ttl(self, key: str) -> timedelta | None:
        """Give how much longer the key is kept, None when there is nothing (any more)."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the key, if it is there."""
        ...


class CacheBatches(Protocol):
    """Reads and writes many entries in one round trip; of a cluster, in one for each node.

    Each entry is as with `CacheEntries`; they are not read or written at one moment. Every method
    raises DependencyUnavailable when the cache cannot be reached; some of them may be kept then.
    """

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Give what was kept, by key; what is not there (any more) is left out."""
        ...

    async def set_many(self, values: Mapping[str, bytes], ttl: timedelta) -> None:
        """Keep each value for `ttl` (a millisecond at least), whatever was there before."""
        ...


class Counters(Protocol):
    """Counts atomically; a counter may be gone at any time, as any entry of a cache.

    A counter that is not there stands at 0, and lives for `ttl` (a millisecond at least) from when
    it was first counted: counting on does not prolong that. It is an entry, its decimal digits, to
    be read and deleted as such. It holds 64 bits with a sign.

    Both methods give what it stands at then. They raise ValueError, and leave everything as it is,
    when the entry is no number or the result would not fit; DependencyUnavailable when the
    cache cannot be reached.
    """

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:
        """Count up."""
        ...

    async def decrement(self, key: str, ttl: timedelta, by: int = 1) -> int:
        """Count down, below 0 if need be."""
        return await self.increment(key, ttl, -by)


class Cache(CacheEntries, CacheBatches, Counters, Lifecycle, HealthCheck, Protocol):
    """All three roles: what `CACHE_URL` chooses. A caller asks for the role that it needs.

    `is_shared` is whether other processes read and write it too; one that is not is never out of
    reach, and nobody else can change what it holds.
    """

    is_shared: bool = True
