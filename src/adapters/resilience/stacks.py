"""Stacks of policies around an adapter."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from adapters.resilience import presets
from adapters.resilience.fail_open_breaches import FailOpenBreachedPasswords
from adapters.resilience.fail_open_cache import FailOpenCache
from adapters.resilience.fail_open_rate_limiter import FailOpenRateLimiter
from adapters.resilience.presets import Listeners, external, rate_limiter
from application.ports.breached_passwords import BreachedPasswords
from application.ports.cache import Cache
from application.ports.rate_limiter import RateLimiter

OnFailOpen = Callable[[str, str], None]
"""Called with the dependency that did not answer, and the operation that went on without it."""


def open_breaches(
    inner: BreachedPasswords, listeners: Listeners, on_fail_open: OnFailOpen
) -> BreachedPasswords:
    """Give a request one second for the check, whatever becomes of it."""
    if not inner.is_shared:
        return inner
    name = inner.name
    # The call ends before the budget does, so that the breaker counts one that is too slow.
    limit, budget = timedelta(seconds=0.9), timedelta(seconds=1)
    pipeline = external(name, timeout=limit, listeners=listeners)
    return FailOpenBreachedPasswords(inner, pipeline, partial(on_fail_open, name), budget=budget)


def open_cache(cache: Cache, listeners: Listeners, on_fail_open: OnFailOpen) -> Cache:
    """Go on without `cache` while it is out of reach, which what is in the process never is."""
    if not cache.is_shared:
        return cache
    pipeline = presets.cache(cache.name, listeners)
    return FailOpenCache(cache, pipeline, partial(on_fail_open, cache.name))


def open_limiter(
    limiter: RateLimiter,
    local: RateLimiter,
    listeners: Listeners,
    on_fail_open: OnFailOpen,
) -> RateLimiter:
    """Count in `local` while `limiter` is out of reach, which what is in the process never is."""
    if not limiter.is_shared:
        return limiter
    pipeline = rate_limiter(limiter.name, listeners)
    return FailOpenRateLimiter(limiter, local, pipeline, partial(on_fail_open, limiter.name))
