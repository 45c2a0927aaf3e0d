"""In-memory sliding-window rate limiter."""

import time
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from application.invalid_settings import InvalidSettings
from application.ports.rate_limiter import Hit, Quota, RateLimiter, Rule, Ruling
from application.settings import Settings

MAX_KEYS = 50_000
_SECOND = 1_000_000

Hits: TypeAlias = "array[int]"
"""When a key was hit, in microseconds, the oldest first; some in front may have ended."""
_FEW = 64
"""Hits that have ended and may stay: to take each out as it ends moves all that came after it."""


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

    is_shared = False

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

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:
        now = int(self._monotonic() * _SECOND)
        ruling = self._hit(rules, now)
        if not ruling.blocked or not otherwise:
            return ruling
        rulings = [ruling]
        for choice in otherwise:
            rulings.append(self._hit(choice, now))
            if not rulings[-1].blocked:
                break
        return Ruling.first_allowed(rulings)

    async def give_back(self, hits: Sequence[Hit], *, instead: Sequence[Rule] = ()) -> None:
        for rule, stamp in hits:
            window = self._by_window.get(rule.limit.seconds)
            kept = window.get(rule.key) if window is not None else None
            at = bisect_left(kept, stamp) if kept else 0
            if kept and at < len(kept) and kept[at] == stamp:
                del kept[at]
        now = int(self._monotonic() * _SECOND)
        for rule in instead:
            kept, _ = self._hits(rule, now)
            self._count(rule, kept, now)

    def _hit(self, rules: Sequence[Rule], now: int) -> Ruling:
        found: list[tuple[Rule, Hits, int]] = []
        blocked: list[str] = []
        for rule in rules:
            hits, first = self._hits(rule, now)
            found.append((rule, hits, first))
            if len(hits) - first >= rule.limit.hits:
                blocked.append(rule.name)
        counted: tuple[Hit, ...] = ()
        if not blocked:
            counted = tuple([self._count(rule, hits, now) for rule, hits, _ in found if rule.cost])
        return Ruling(tuple([_quota(*each, now) for each in found]), tuple(blocked), counted)

    def _count(self, rule: Rule, hits: Hits, now: int) -> Hit:
        # Each hit of a key has a time of its own, which names it.
        stamp = now if not hits or hits[-1] < now else hits[-1] + 1
        hits.append(stamp)
        key, seconds = rule.key, rule.limit.seconds
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
                break
            del window[first]
        return Hit(rule, stamp)

    def _hits(self, rule: Rule, now: int) -> tuple[Hits, int]:
        """Give the hits of a rule, and which of them is the first that still counts."""
        window = self._by_window.get(rule.limit.seconds)
        hits = window.get(rule.key) if window is not None else None
        if hits is None:
            return array("q"), 0
        first = bisect_right(hits, now - rule.limit.seconds * _SECOND)
        if first > _FEW and 2 * first > len(hits):
            del hits[:first]
            first = 0
        return hits, first


def _quota(rule: Rule, hits: Hits, first: int, now: int) -> Quota:
    name, _, limit, _ = rule
    allowed, seconds = limit
    used = len(hits) - first
    if not used:
        return Quota(name, limit, max(0, allowed), 0)
    # A limit that was lowered since may have more hits than it allows.
    surplus = used - allowed
    oldest = hits[first + surplus if surplus > 0 else first]
    reset = min(seconds, max(0, oldest + seconds * _SECOND - now) / _SECOND)
    return Quota(name, limit, max(0, -surplus), reset)
