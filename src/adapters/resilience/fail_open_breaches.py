"""Fail-open breach check."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from adapters.resilience.pipeline import Pipeline
from application.ports.breached_passwords import BreachedPasswords
from domain.errors import Category, DomainError
from domain.user.password import Password

_OUTAGES = {Category.UNAVAILABLE, Category.TIMEOUT, Category.EXTERNAL}


class FailOpenBreachedPasswords(BreachedPasswords):
    """Asks inside `pipeline`, for `budget` at most; without an answer, it is "no".

    Each time `listener` is called with the reason: the check is one of several, and not worth an
    outage.
    """

    def __init__(
        self,
        inner: BreachedPasswords,
        pipeline: Pipeline,
        listener: Callable[[str], None],
        *,
        budget: timedelta = timedelta(seconds=1),
    ) -> None:
        self._inner = inner
        self._pipeline = pipeline
        self._listener = listener
        self._budget = budget.total_seconds()

    @property
    def name(self) -> str:
        return self._inner.name

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def check(self) -> None:
        await self._inner.check()

    async def contains(self, password: Password) -> bool:
        try:
            async with asyncio.timeout(self._budget):
                return await self._pipeline.run(
                    "breached_passwords.contains", lambda: self._inner.contains(password)
                )
        except TimeoutError:
            self._listener("timeout")
        except DomainError as error:
            if error.category not in _OUTAGES:
                raise
            self._listener(error.code)
        return False
