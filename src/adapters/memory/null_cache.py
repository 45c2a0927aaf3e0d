"""Null cache: keeps nothing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from application.ports.cache import Cache
from application.settings import Settings


def create(url: str, settings: Settings) -> "NullCache":  # noqa: ARG001 - as every cache
    """Build the cache for `none://`."""
    return NullCache()


class NullCache(Cache):
    """Forgets at once, as any cache may: `add` and counters find nothing there."""

    is_shared = False

    @property
    def name(self) -> str:
        return "cache"

    async def open(self) -> None:
        """There is nothing to get ready."""

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def check(self) -> None:
        """There is nothing that could fail."""

    async def get(self, key: str) -> bytes | None:  # noqa: ARG002 - the port's
        return None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Forget it."""

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:  # noqa: ARG002 - the port's
        return True

    async def ttl(self, key: str) -> timedelta | None:  # noqa: ARG002 - the port's
        return None

    async def delete(self, key: str) -> None:
        """There is nothing to forget."""

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:  # noqa: ARG002 - the port's
        return {}

    async def set_many(self, values: Mapping[str, bytes], ttl: timedelta) -> None:
        """Forget them."""

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:  # noqa: ARG002 - the port's
        return by
