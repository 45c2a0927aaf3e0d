"""In-memory cache with TTLs and a bounded size."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from application.invalid_settings import InvalidSettings
from application.ports.cache import Cache
from application.settings import Settings

MAX_ENTRIES, MAX_BYTES = 10_000, 16 * 1024 * 1024
_NUMBER = re.compile(rb"0|-?[1-9][0-9]{0,18}")
_LEAST, _MOST = -(2**63), 2**63 - 1


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

    is_shared = False

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
        self._keep(key, value, self._monotonic() + ttl.total_seconds())

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        if self._live(key):
            return False
        await self.set(key, value, ttl)
        return True

    async def ttl(self, key: str) -> timedelta | None:
        entry = self._live(key)
        return timedelta(seconds=entry.ends - self._monotonic()) if entry else None

    async def delete(self, key: str) -> None:
        self._drop(key)

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        return {key: entry.value for key in keys if (entry := self._live(key))}

    async def set_many(self, values: Mapping[str, bytes], ttl: timedelta) -> None:
        for key, value in values.items():
            await self.set(key, value, ttl)

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:
        entry = self._live(key)
        before = _number(entry.value) if entry else 0
        after = before + by
        if not (_LEAST <= by <= _MOST and _LEAST <= after <= _MOST):
            raise ValueError(f"{before} and {by} make more than 64 bits")
        ends = entry.ends if entry else self._monotonic() + ttl.total_seconds()
        self._keep(key, b"%d" % after, ends)
        return after

    def _keep(self, key: str, value: bytes, ends: float) -> None:
        self._drop(key)
        size = len(key.encode()) + len(value)
        if size > self._max_bytes:
            return
        # A copy of what may be a bytearray: its owner can still change that.
        self._entries[key] = _Entry(bytes(value), size, ends)
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

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


def _number(value: bytes) -> int:
    if not _NUMBER.fullmatch(value) or not _LEAST <= (number := int(value)) <= _MOST:
        raise ValueError("the entry is no number of 64 bits")
    return number
