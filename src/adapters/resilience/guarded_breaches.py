"""Breach check inside a pipeline of policies."""

from adapters.resilience.pipeline import Pipeline
from application.ports.breached_passwords import BreachedPasswords
from domain.user.password import Password


class GuardedBreachedPasswords(BreachedPasswords):
    """Asks inside `pipeline`: with a breaker, a service that is down is not even asked."""

    def __init__(self, inner: BreachedPasswords, pipeline: Pipeline) -> None:
        self._inner = inner
        self._pipeline = pipeline

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def contains(self, password: Password) -> bool:
        return await self._pipeline.run(
            "breached_passwords.contains", lambda: self._inner.contains(password)
        )
