"""Enforces the rate limits of a call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from application.errors import RateLimitExceeded
from application.limits.known_devices import KnownDevices
from application.limits.subject import subject_of
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Clock
from application.ports.rate_limiter import Hit, Limit, RateLimiter, Rule, Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """What one kind of call is limited to; None is no limit.

    `bucket` is what it is counted under: kinds that share one share a count. `name` and
    `user_name` are what people call the two limits. With `by_device`, a device that logged in
    before is counted instead of the address it shares with others.
    """

    bucket: str
    name: str
    per_address: Limit | None
    user_name: str
    per_user: Limit | None
    by_device: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCall:
    """`address` is an IP address as text; the tokens are those that the call came with."""

    limits: CallLimits
    address: str | None
    access_token: str | None = field(default=None, repr=False)
    device_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCallHandler:
    """Count one call by address and by user at once, and give what is left of each.

    It runs before anything is looked up: the user is the one whom the access token names, and only
    its signature is verified, so it raises TokenInvalid or TokenExpired, and counts nothing then.
    Raises RateLimitExceeded when one of the two is used up, and counts neither.
    """

    limiter: RateLimiter
    tokens: AccessTokens
    clock: Clock
    devices: KnownDevices

    async def __call__(self, command: LimitCall) -> Ruling:
        now, user_id, subject = self.clock.now(), None, f"address|{subject_of(command.address)}"
        if command.access_token is not None:
            user_id = (await self.tokens.verify(command.access_token, now)).user_id
        if command.limits.by_device and (device := self.devices.read(command.device_token, now)):
            subject = f"device|{device.id.hex()}"
        rules = _rules(command.limits, subject, user_id)
        ruling = await self.limiter.hit(rules) if rules else Ruling(())
        if ruling.blocked:
            raise RateLimitExceeded.of(ruling)
        return ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCall:
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCallHandler:
    """Give back what a call was counted for, when it turns out not to be its user's."""

    limiter: RateLimiter

    async def __call__(self, command: RefundCall) -> None:
        await self.limiter.give_back(command.hits)


def _rules(limits: CallLimits, subject: str, user_id: UUID | None) -> list[Rule]:
    rules = []
    if limits.per_address is not None:
        rules.append(Rule(limits.name, f"{limits.bucket}|{subject}", limits.per_address))
    if limits.per_user is not None and user_id is not None:
        key = f"{limits.bucket}|user|{user_id.hex}"
        rules.append(Rule(limits.user_name, key, limits.per_user))
    return rules
