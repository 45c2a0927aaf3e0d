"""System clock, UUIDv7 (RFC 9562 §5.7) and secret generator."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from uuid import UUID

from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.secret_generator import SecretGenerator
from domain.session.refresh_token import RefreshSecret


class SystemClock(Clock):
    def now(self) -> datetime:
        return datetime.now(UTC)


# 48 bits of milliseconds, version 7, 12 bits of counter, variant 0b10, 62 random bits.
_VERSION_AND_VARIANT = (7 << 76) | (2 << 62)
_COUNTER_BITS, _RANDOM_BITS = 12, 62
_COUNTER_END = 1 << _COUNTER_BITS


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class UuidV7Generator(IdGenerator):
    """Orders ids by a counter in `rand_a` (RFC 9562 §6.2, method 1).

    The counter starts at a random number in its lower half with each new millisecond. When it
    is used up, or the clock went back, time goes on from the last id's: only the order matters.
    """

    def __init__(self, milliseconds: Callable[[], int] = _milliseconds) -> None:
        self._milliseconds = milliseconds
        self._lock = Lock()
        self._last, self._counter = -1, 0

    def new_id(self) -> UUID:
        with self._lock:
            self._step(self._milliseconds())
            ordered = (self._last << 80) | (self._counter << 64)
        return UUID(int=ordered | _VERSION_AND_VARIANT | secrets.randbits(_RANDOM_BITS))

    def _step(self, now: int) -> None:
        if now <= self._last and self._counter + 1 < _COUNTER_END:
            self._counter += 1
            return
        self._last = max(now, self._last + 1)
        self._counter = secrets.randbits(_COUNTER_BITS - 1)


class SystemSecrets(SecretGenerator):
    def new_secret(self) -> RefreshSecret:
        return RefreshSecret(secrets.token_urlsafe(32))
