"""Brute force protection: budgets of wrong passwords."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from application.commits import shield_to_completion
from application.context import call_context
from application.errors import RateLimitExceeded
from application.limits.groups import EMAIL_CHANGE, PROOF, Limits
from application.ports.rate_limiter import RateLimiter, Rule, Ruling
from domain.errors import DomainError
from domain.user.errors import InvalidCredentials

TOO_MANY: Final = "Too many wrong passwords. Please wait before you try again."
_NOW: Final = 0.001
"""Seconds before a deadline that are none any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordGuesses:
    """Budgets of wrong passwords (OWASP Authentication Cheat Sheet, "account lockout").

    A budget is taken before a password is checked and given back unless that was wrong, so however
    many are checked at the same time, no more than the limit are wrong. A caller who disconnects
    during the check has guessed. Addresses that nobody has an account for have budgets too, and
    `guess_key` keeps addresses out of the limiter. Log-ins are in `log_in_attempts`.
    """

    limiter: RateLimiter
    guess_key: bytes = field(repr=False)
    limits: Limits

    @asynccontextmanager
    async def at_proof(self, user_id: UUID) -> AsyncIterator[None]:
        """Check inside a password of somebody who is logged in; raises RateLimitExceeded.

        Strangers who try to log in cannot use up this budget.
        """
        ruling = await self.hit(self.rules(PROOF, str(user_id)))
        try:
            yield
        except BaseException as error:
            if not is_guess(error):
                await shield_to_completion(self.limiter.give_back(ruling.hits))
            raise
        await shield_to_completion(self.limiter.give_back(ruling.hits))

    async def at_email_change(self, user_id: UUID) -> None:
        """Count a change of address that came with the right password; raises RateLimitExceeded.

        Its result reveals whether the address has an account, so it counts in any case.
        """
        rules = self.rules(EMAIL_CHANGE, str(user_id))
        ruling = await self.limiter.hit(rules) if rules else Ruling(())
        if not ruling.is_allowed:
            raise RateLimitExceeded.of(ruling)

    async def hit(self, rules: Sequence[Rule], *otherwise: Sequence[Rule]) -> Ruling:
        """Take a budget; raises RateLimitExceeded when there were too many wrong passwords."""
        ruling = await self.limiter.hit(rules, *otherwise)
        if not ruling.is_allowed:
            raise RateLimitExceeded.of(ruling, TOO_MANY)
        return ruling

    def rules(self, name: str, *of: str, cost: int = 1) -> list[Rule]:
        """Give the rule of a group for something, or none where the group is off."""
        limit = self.limits.get(name)
        return [] if limit is None else [Rule(name, f"{name}|{self._hidden(*of)}", limit, cost)]

    def _hidden(self, *of: str) -> str:
        text = "\0".join(of)
        return hmac.new(self.guess_key, text.encode(), hashlib.sha256).hexdigest()[:32]


def is_guess(error: BaseException | None) -> bool:
    """Whether what ended a check of a password may have been wrong.

    A caller who disconnects has guessed; one whose deadline passed, or who met an outage, has not.
    """
    if isinstance(error, asyncio.CancelledError):
        return call_context.get().bound(1) > _NOW
    return isinstance(error, InvalidCredentials) or (
        error is not None and not isinstance(error, DomainError)
    )
