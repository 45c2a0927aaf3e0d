"""Counts what a purge would remove."""

from dataclasses import dataclass
from datetime import timedelta

from application.actor import Actor, require_operator
from application.maintenance.expiry import Amounts, Expiry
from application.ports.clock import Clock
from application.ports.expired_reader import ExpiredReader
from domain.session.session import Lifetimes


@dataclass(frozen=True, slots=True, kw_only=True)
class CountExpired:
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class CountExpiredHandler:
    """Return how many records of each kind are expired; changes nothing."""

    expired_reader: ExpiredReader
    audit_retention: timedelta
    lifetimes: Lifetimes
    clock: Clock

    async def __call__(self, command: CountExpired) -> Amounts:
        require_operator(command.actor)
        now = self.clock.now()
        expiry = Expiry.at(now, self.lifetimes.grace, self.audit_retention)
        return await self.expired_reader.count(expiry)
