"""A rate limiter inside this process."""

import time
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from application.invalid_settings import InvalidSettings
from application.ports.rate_limiter import Quota, RateLimiter, Rule, Ruling
from application.settings import Settings

MAX_KEYS = 50_000
_SECOND = 1_000_000

Hits: TypeAlias = "array[int]"
"""When a key was hit, in microseconds, the oldest first."""


def create(url: str, settings: Settings) -> "MemoryRateLimiter":  # noqa: ARG001 - as every limiter
    """Build the limiter for `memory://?keys=50000`; raises InvalidSettings."""
    keys = str(MAX_KEYS)
    for name, text in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if name != "keys" or not (text.isascii() and text.isdecimal()) or int(text[:19]) < 1:
            raise InvalidSettings(
                (f"RATE_LIMIT_URL: {name!r}: memory:// takes `keys`, which is 1 or more.",)
            )
        keys = text[:19]
    return MemoryRateLimiter(max_keys=int(keys))


class MemoryRateLimiter(RateLimiter):
    """Keeps the time of each hit that counts, 8 bytes each, for `max_keys` keys of each window.

    Keys of equal windows end in the order of their last hits, so what ended is found in front,
    and so is what goes first when there are too many. `monotonic` gives seconds. No method
    awaits, so each is atomic on an event loop.
    """

    def __init__(
        self, *, max_keys: int = MAX_KEYS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_keys = max_keys
        self._monotonic = monotonic
        self._by_window: dict[int, OrderedDict[str, Hits]] = {}

    @property
    def name(self) -> str:
        return "rate limiter"

    def __len__(self) -> int:
        """How many keys are kept."""
        return sum(map(len, self._by_window.values()))

    async def open(self) -> None:
        """There is nothing to get ready."""

    async def close(self) -> None:
        self._by_window.clear()

    async def check(self) -> None:
        """It works while the process does."""

    async def hit(self, rules: Sequence[Rule]) -> Ruling:
        now = int(self._monotonic() * _SECOND)
        found = [(rule, self._hits(rule, now)) for rule in rules]
        blocked = [rule.name for rule, hits in found if len(hits) >= rule.limit.hits]
        if not blocked:
            for rule, hits in found:
                # Each hit of a key has a time of its own, which names it.
                hits.append(now if not hits or hits[-1] < now else hits[-1] + 1)
                self._keep(rule, hits, now)
        return Ruling(tuple([_quota(rule, hits, now) for rule, hits in found]), tuple(blocked))

    async def give_back(self, rules: Sequence[Rule], ruling: Ruling) -> None:
        if not ruling.is_allowed:
            return
        for rule, quota in zip(rules, ruling.quotas, strict=False):
            window = self._by_window.get(rule.limit.seconds)
            hits = window.get(rule.key) if window is not None else None
            if hits is not None and quota.stamp in hits:
                hits.remove(quota.stamp)

    def _hits(self, rule: Rule, now: int) -> Hits:
        """Give the hits of a rule that still count."""
        window = self._by_window.get(rule.limit.seconds)
        hits = window.get(rule.key) if window is not None else None
        if hits is None:
            return array("q")
        ended = now - rule.limit.seconds * _SECOND
        if hits and hits[0] <= ended:
            del hits[: next((i for i, at in enumerate(hits) if at > ended), len(hits))]
        return hits

    def _keep(self, rule: Rule, hits: Hits, now: int) -> None:
        _, key, (_, seconds) = rule
        window = self._by_window.get(seconds)
        if window is None:
            window = self._by_window[seconds] = OrderedDict()
        window[key] = hits
        window.move_to_end(key)
        ended = now - seconds * _SECOND
        while True:
            first = next(iter(window))
            its_hits = window[first]
            if its_hits and its_hits[-1] > ended and len(window) <= self._max_keys:
                return
            del window[first]


def _quota(rule: Rule, hits: Hits, now: int) -> Quota:
    name, _, limit = rule
    allowed, seconds = limit
    used = len(hits)
    if not used:
        return Quota(name, limit, max(0, allowed), 0, now)
    # A limit that was lowered since may have more hits than it allows.
    surplus = used - allowed
    oldest = hits[max(0, surplus)]
    reset = min(seconds, max(0, oldest + seconds * _SECOND - now) / _SECOND)
    return Quota(name, limit, max(0, -surplus), reset, hits[-1])
