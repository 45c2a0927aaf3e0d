"""Port: cache operations on many keys."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol


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
