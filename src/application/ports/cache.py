"""Port: a cache."""

from typing import Protocol

from application.ports.cache_batches import CacheBatches
from application.ports.cache_entries import CacheEntries
from application.ports.counters import Counters
from application.ports.lifecycle import HealthCheck, Lifecycle


class Cache(CacheEntries, CacheBatches, Counters, Lifecycle, HealthCheck, Protocol):
    """All that `CACHE_URL` is a choice of. Whoever needs one of its roles asks for that alone."""
