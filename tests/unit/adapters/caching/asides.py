"""A cache-aside for tests, with what all of one service's processes share."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from adapters.caching.authenticated_entries import AuthenticatedEntries, Codec
from adapters.caching.cache_aside import CacheAside
from application.ports.cache import CacheEntries

T = TypeVar("T")

MAC_KEY = b"a key for tests only"


def an_aside(
    cache: CacheEntries,
    codec: Codec[T],
    *,
    ttl: timedelta,
    settle: timedelta,
    monotonic: Callable[[], float] = time.monotonic,
    on_invalid: Callable[[], None] = lambda: None,
) -> CacheAside[T]:
    return CacheAside(
        cache,
        AuthenticatedEntries(codec, MAC_KEY),
        "user",
        on_invalid=on_invalid,
        ttl=ttl,
        settle=settle,
        monotonic=monotonic,
    )
