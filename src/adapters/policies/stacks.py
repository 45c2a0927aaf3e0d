"""Policies around policies around an adapter, where one alone would not do."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from adapters.policies import presets
from adapters.policies.authenticated_entries import Codec
from adapters.policies.cache_aside import CacheAside
from adapters.policies.cached_user_reader import CachedUserReader
from adapters.policies.fail_open_breaches import FailOpenBreachedPasswords
from adapters.policies.fail_open_cache import FailOpenCache
from adapters.policies.fail_open_rate_limiter import FailOpenRateLimiter
from adapters.policies.guarded_breaches import GuardedBreachedPasswords
from adapters.policies.presets import external, rate_limiter
from application.ports.breached_passwords import BreachedPasswords
from application.ports.cache import Cache
from application.ports.circuit_listener import CircuitListener
from application.ports.database import Database
from application.ports.rate_limiter import RateLimiter
from application.settings import Settings
from application.user.views import UserView

Listeners = Sequence[CircuitListener]
Told = Callable[[str, str], None]
"""Hears what did not answer, and the operation that went on without it."""


def open_breaches(
    inner: BreachedPasswords, name: str, listeners: Listeners, told: Told
) -> BreachedPasswords:
    """Give a request one second for the check, whatever becomes of it."""
    # The call ends before the budget does: or the breaker would never hear that it was too slow.
    limit, budget = timedelta(seconds=0.9), timedelta(seconds=1)
    guarded = GuardedBreachedPasswords(inner, external(name, timeout=limit, listeners=listeners))
    return FailOpenBreachedPasswords(guarded, partial(told, name), budget=budget)


def cached_users(
    database: Database,
    cache: Cache,
    codec: Codec[UserView],
    settings: Settings,
    *,
    mac_key: bytes,
    told: Told,
) -> CachedUserReader:
    # Other processes cannot reach into a cache of this one's own, so it keeps things briefly.
    is_shared = settings.cache_url.lower().startswith(("redis", "unix:"))
    ttl = timedelta(seconds=30 if is_shared else 1)
    aside = CacheAside(
        cache,
        codec,
        "user",
        mac_key=mac_key,
        on_invalid=partial(told, cache.name, "decode"),
        ttl=ttl,
        settle=settings.request_timeout,
    )
    return CachedUserReader(database.users, aside)


def open_cache(cache: Cache, settings: Settings, listeners: Listeners, told: Told) -> Cache:
    """Go on without `cache` while it is out of reach, which what is in the process never is."""
    if settings.cache_url.lower().startswith(("memory:", "none:")):
        return cache
    pipeline = presets.cache(cache.name, *listeners)
    return FailOpenCache(cache, pipeline, partial(told, cache.name))


def open_limiter(
    limiter: RateLimiter,
    local: RateLimiter,
    settings: Settings,
    listeners: Listeners,
    told: Told,
) -> RateLimiter:
    """Count in `local` while `limiter` is out of reach, which what is in the process never is."""
    if settings.rate_limits.url.lower().startswith(("memory:", "none:")):
        return limiter
    pipeline = rate_limiter(limiter.name, *listeners)
    return FailOpenRateLimiter(limiter, local, pipeline, partial(told, limiter.name))
