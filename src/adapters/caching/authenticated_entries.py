"""Cache entries with a MAC and an expiry: bytes that come back from a cache are untrusted."""

import hmac
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol, TypeVar

T = TypeVar("T")

MAX_BYTES: Final = 64 * 1024
"""A longer entry is none of ours; the largest account has about a quarter of that."""
_MAC: Final = 32
_EXPIRY: Final = 8


class Codec(Protocol[T]):
    """How a value becomes bytes."""

    @property
    def version(self) -> str:
        """Names the shape: another one, field or type, has another name."""
        ...

    def encode(self, value: T) -> bytes: ...

    def decode(self, data: bytes) -> T | None:
        """Read what `encode` of the same `version` made; None for anything else."""
        ...


class InvalidEntry(ValueError):
    """What came back from the cache is no entry of ours."""


class Entries(Protocol[T]):
    """How a value is kept under a key; `version` is that of the codec."""

    version: str

    def encode(self, key: str, value: T, ttl: timedelta) -> bytes: ...

    def decode(self, key: str, data: bytes) -> T | None:
        """Return what was encoded under this key, None once it has expired.

        Raises InvalidEntry for anything else.
        """
        ...


class PlainEntries(Entries[T]):
    """For a cache of this process alone, which nobody else can write to."""

    def __init__(self, codec: Codec[T]) -> None:
        self._codec = codec
        self.version = codec.version

    def encode(self, key: str, value: T, ttl: timedelta) -> bytes:  # noqa: ARG002 - as the others
        return self._codec.encode(value)

    def decode(self, key: str, data: bytes) -> T | None:  # noqa: ARG002 - as the others
        return _valid(self._codec.decode(data))


class AuthenticatedEntries(Entries[T]):
    """Writes and reads entries as HMAC-SHA-256, expiry and value.

    The MAC covers the key, so an entry is good under its own key alone, and the expiry, so one
    that somebody kept and put back is good for as long as it was to be kept. `clock` gives seconds
    since 1970: the processes that share a cache agree about them but for a second or so.
    """

    def __init__(
        self, codec: Codec[T], mac_key: bytes, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._codec = codec
        self.version = codec.version
        self._mac_key = mac_key
        self._clock = clock

    def encode(self, key: str, value: T, ttl: timedelta) -> bytes:
        expiry = int((self._clock() + ttl.total_seconds()) * 1000)
        content = expiry.to_bytes(_EXPIRY, "big") + self._codec.encode(value)
        return self._mac(key, content) + content

    def decode(self, key: str, data: bytes) -> T | None:
        content = data[_MAC:]
        if len(data) > MAX_BYTES or not hmac.compare_digest(data[:_MAC], self._mac(key, content)):
            raise InvalidEntry
        # The cache may give it back for a moment longer, as its clock is another.
        if int.from_bytes(content[:_EXPIRY], "big") <= self._clock() * 1000:
            return None
        return _valid(self._codec.decode(content[_EXPIRY:]))

    def _mac(self, key: str, content: bytes) -> bytes:
        # A key has no NUL, so nothing moves between it and the content.
        return hmac.digest(self._mac_key, key.encode() + b"\0" + content, "sha256")


def _valid(value: T | None) -> T:
    if value is None:
        raise InvalidEntry
    return value
