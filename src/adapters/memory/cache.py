"""A cache inside this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from application.invalid_settings import InvalidSettings
from application.ports.cache import Cache
from application.settings import Settings

MAX_ENTRIES, MAX_BYTES = 10_000, 16 * 1024 * 1024


def create(url: str, settings: Settings) -> "MemoryCache":  # noqa: ARG001 - as every cache
    """Build the cache for `memory://?entries=10000&bytes=16777216`; raises InvalidSettings."""
    limits = {"entries": MAX_ENTRIES, "bytes": MAX_BYTES}
    for key, text in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if key not in limits or not (text.isascii() and text.isdecimal()) or int(text[:19]) < 1:
            raise InvalidSettings(
                (f"CACHE_URL: {key!r}: memory:// takes `entries` and `bytes`, each 1 or more.",)
            )
        limits[key] = int(text[:19])
    return MemoryCache(max_entries=limits["entries"], max_bytes=limits["bytes"])


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    size: int
    ends: float


class MemoryCache(Cache):
    """Bounded by entries and by bytes of keys and values; the least recently used goes first.

    `monotonic` gives seconds. No method awaits, so each is atomic on an event loop.
    """

    def __init__(
        self,
        *,
        max_entries: int = MAX_ENTRIES,
        max_bytes: int = MAX_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._monotonic = monotonic
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._bytes = 0

    @property
    def name(self) -> str:
        return "cache"

    async def open(self) -> None:
        """There is nothing to get ready."""

    async def close(self) -> None:
        self._entries.clear()
        self._bytes = 0

    async def check(self) -> None:
        """It works while the process does."""

    async def get(self, key: str) -> bytes | None:
        entry = self._live(key)
        return entry.value if entry else None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        self._drop(key)
        size = len(key.encode()) + len(value)
        if size > self._max_bytes:
            return
        # A copy of what may be a bytearray: its owner can still change that.
        ends = self._monotonic() + ttl.total_seconds()
        self._entries[key] = _Entry(bytes(value), size, ends)
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        if self._live(key):
            return False
        await self.set(key, value, ttl)
        return True

    async def delete(self, key: str) -> None:
        self._drop(key)

    def _live(self, key: str) -> _Entry | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if self._monotonic() >= entry.ends:
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size
