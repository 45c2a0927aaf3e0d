"""How often a password may be guessed."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from application.errors import RateLimitExceeded
from application.limits.groups import LOGIN_ACCOUNT, LOGIN_GLOBAL, PROOF, Limits
from application.ports.rate_limiter import RateLimiter, Rule
from domain.errors import DomainError
from domain.user.errors import InvalidCredentials

_TOO_MANY = "Too many wrong passwords. Please wait before you try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordGuesses:
    """A budget of wrong passwords (OWASP Authentication Cheat Sheet, "account lockout").

    It is taken before a password is checked and given back unless that was wrong, so however many
    are checked at the same time, no more than the limit are wrong. A caller who leaves during the
    check has guessed. Addresses that nobody has an account for have a budget too, and `guess_key`
    keeps addresses out of the limiter. Who is logged in has a budget of their own, which
    strangers who try to log in cannot use up.
    """

    limiter: RateLimiter
    guess_key: bytes = field(repr=False)
    limits: Limits

    @asynccontextmanager
    async def at_log_in(self, email_key: str) -> AsyncIterator[None]:
        """Check one password inside; raises RateLimitExceeded when there were too many."""
        budgets = ((LOGIN_ACCOUNT, email_key), (LOGIN_GLOBAL, ""))
        async with self._counted(*budgets):
            yield

    @asynccontextmanager
    async def at_proof(self, user_id: UUID) -> AsyncIterator[None]:
        """Do the same for somebody who is logged in."""
        async with self._counted((PROOF, str(user_id))):
            yield

    @asynccontextmanager
    async def _counted(self, *budgets: tuple[str, str]) -> AsyncIterator[None]:
        rules = [
            Rule(name, f"{name}|{self._hidden(of)}", limit)
            for name, of in budgets
            if (limit := self.limits.get(name)) is not None
        ]
        ruling = await self.limiter.hit(rules)
        if not ruling.is_allowed:
            raise RateLimitExceeded.of(ruling, _TOO_MANY)
        try:
            yield
        except DomainError as error:
            if not isinstance(error, InvalidCredentials):
                await self.limiter.give_back(ruling.hits)
            raise
        await self.limiter.give_back(ruling.hits)

    def _hidden(self, of: str) -> str:
        return hmac.new(self.guess_key, of.encode(), hashlib.sha256).hexdigest()[:32]
