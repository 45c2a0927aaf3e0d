"""Cache-aside reads: look in the cache, load from the database, keep the result."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Generic, TypeVar

from adapters.caching.authenticated_entries import Entries, InvalidEntry
from adapters.caching.single_flight import Flight, SingleFlight
from adapters.caching.tombstone import is_tombstone, new_tombstone
from application.ports.cache import CacheEntries

T = TypeVar("T")


class CacheAside(Generic[T]):
    """Keeps values of one `kind` for `ttl`, each loaded once for all who ask meanwhile.

    After a change a mark stands in place of the value for `settle`. Nobody who asks after
    `mark_changed` has returned is given what was before it, over all processes of one cache:

    - The mark replaces the value. Loads only ever add where nothing is, so one that looked before
      the change does not bring the old value back: the mark outlasts it, or it is not kept.
    - A load is not joined by somebody who saw another mark, or none: it may have looked earlier.
    - Should the cache lose the mark, for want of room or in an outage, loads of this process that
      began before the change are still not joined any more, nor is their result sent to be kept.

    A value's time begins when it was asked for, so other caches are stale for `ttl` at most.

    What has expired is a miss. What cannot be read or is not authentic is one too, and
    `on_invalid` is called; a mark takes its place, which is safe where a change comes at the same
    time. Marks are not authenticated: whoever can write to the cache can forget entries anyway.
    """

    def __init__(
        self,
        cache: CacheEntries,
        entries: Entries[T],
        kind: str,
        *,
        on_invalid: Callable[[], None],
        ttl: timedelta,
        settle: timedelta,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = cache
        self._entries = entries
        self._on_invalid = on_invalid
        self._prefix = f"{kind}:{entries.version}:"
        self._ttl = ttl
        self._settle = settle
        self._monotonic = monotonic
        self._flights: SingleFlight[T | None] = SingleFlight(monotonic=monotonic)

    async def get_or_load(self, key: str, load: Callable[[], Awaitable[T | None]]) -> T | None:
        """Give what is kept, or what `load` gives; None is not kept. Raises what `load` raises."""
        key = self._prefix + key
        kept = await self._cache.get(key)
        if kept is not None and not is_tombstone(kept):
            try:
                value = self._entries.decode(key, kept)
            except InvalidEntry:
                self._on_invalid()
                kept = new_tombstone()
                await self._cache.set(key, kept, self._settle)
            else:
                if value is not None:
                    return value
                kept = None
        call = partial(self._load, key, load, can_keep=kept is None)
        return await self._flights.run(key, call, seen_version=kept)

    async def mark_changed(self, key: str) -> None:
        """Let nobody be given what was before; to be called once the change is committed."""
        self.forget_loads(key)
        await self._cache.set(self._prefix + key, new_tombstone(), self._settle)

    def forget_loads(self, key: str) -> None:
        """Let nobody have a part in loads under way: enough for a value that is new."""
        self._flights.forget(self._prefix + key)

    async def _load(
        self,
        key: str,
        load: Callable[[], Awaitable[T | None]],
        flight: Flight[T | None],
        *,
        can_keep: bool,
    ) -> T | None:
        began = self._monotonic()
        found = await load()
        took = timedelta(seconds=self._monotonic() - began)
        is_in_time = took < min(self._ttl, self._settle)
        if found is not None and can_keep and is_in_time and flight.is_current:
            left = self._ttl - took
            await self._cache.add(key, self._entries.encode(key, found, left), left)
        return found
