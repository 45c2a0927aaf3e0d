"""Limit how often somebody calls."""

from dataclasses import dataclass
from uuid import UUID

from application.errors import RateLimitExceeded
from application.limits.subject import subject_of
from application.ports.rate_limiter import Limit, Quota, RateLimiter, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """What one kind of call is limited to; None is no limit.

    `bucket` is what it is counted under: kinds that share one share a count. `name` and
    `user_name` are what people call the two limits.
    """

    bucket: str
    name: str
    per_address: Limit | None
    user_name: str
    per_user: Limit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCall:
    """`address` is an IP address as text; `user_id` is None while nobody knows who calls."""

    limits: CallLimits
    address: str | None
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCallHandler:
    """Count one call by address and by user at once, and give what is left of each.

    Raises RateLimitExceeded when one of the two is used up, and then counts neither.
    """

    limiter: RateLimiter

    async def __call__(self, command: LimitCall) -> tuple[Quota, ...]:
        rules = _rules(command)
        if not rules:
            return ()
        ruling = await self.limiter.hit(rules)
        if not ruling.is_allowed:
            raise RateLimitExceeded.of(ruling)
        return ruling.quotas


def _rules(command: LimitCall) -> list[Rule]:
    limits, rules = command.limits, []
    if limits.per_address is not None:
        subject = subject_of(command.address)
        rules.append(Rule(limits.name, f"{limits.bucket}|address|{subject}", limits.per_address))
    if limits.per_user is not None and command.user_id is not None:
        key = f"{limits.bucket}|user|{command.user_id.hex}"
        rules.append(Rule(limits.user_name, key, limits.per_user))
    return rules
