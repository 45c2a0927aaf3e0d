"""Instrumented password hasher."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from application.errors import DependencyUnavailable
from application.metrics import HASHING_DURATION, HASHING_REFUSED
from application.ports.load import Load
from application.ports.meter import Meter
from application.ports.password_hasher import PasswordHasher
from application.ports.tracer import Tracer
from domain.user.password import Password

T = TypeVar("T")


class InstrumentedPasswordHasher(PasswordHasher):
    """Measures and traces each hashing, its wait for a thread included; counts refusals."""

    def __init__(self, inner: PasswordHasher, meter: Meter, tracer: Tracer) -> None:
        self._inner = inner
        self._meter = meter
        self._tracer = tracer

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def hash(self, password: Password) -> str:
        return await self._observed("hash", lambda: self._inner.hash(password))

    async def verify(self, password: Password, stored: str | None) -> bool:
        return await self._observed("verify", lambda: self._inner.verify(password, stored))

    def load(self) -> Load:
        return self._inner.load()

    def objection(self, stored: str) -> str | None:
        return self._inner.objection(stored)

    def needs_rehash(self, stored: str) -> bool:
        return self._inner.needs_rehash(stored)

    async def _observed(self, operation: str, call: Callable[[], Awaitable[T]]) -> T:
        began = time.perf_counter()
        with self._tracer.span(f"password.{operation}"):
            try:
                result = await call()
            except DependencyUnavailable:
                self._meter.add(HASHING_REFUSED)
                raise
        self._meter.observe(HASHING_DURATION, time.perf_counter() - began, operation)
        return result
