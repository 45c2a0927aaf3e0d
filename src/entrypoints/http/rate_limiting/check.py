"""Rate limit check of a request, and its `RateLimit` header fields."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Final, cast

from application.limits.limit_call import LimitCall, RefundCall
from application.ports.rate_limiter import Limit, Quota
from domain.errors import Category, DomainError

if TYPE_CHECKING:
    from entrypoints.http.cookies.sessions import CookieSessions
    from entrypoints.http.exchange import Exchange


async def count_request(exchange: "Exchange", access_token: str | None = None) -> None:
    """Count a request by address, and by the user whom its token names.

    Raises RateLimitExceeded, and what is wrong with the token; it is not counted then.
    """
    layer, scope = exchange.layer, exchange.scope
    if layer.limits is None:
        return
    exchange.is_counted = True
    exchange.limits = limits = layer.limits.of(scope["method"], scope.get("path_template", ""))
    try:
        exchange.ruling = await exchange.use_cases.limit_call(
            LimitCall(
                limits=limits,
                address=exchange.context.client_address,
                access_token=access_token,
                device_token=_device_token(exchange) if limits.by_device else None,
            )
        )
    except DomainError as error:
        exchange.is_counted = error.category is not Category.UNAUTHENTICATED
        raise


async def refund_user(exchange: "Exchange") -> None:
    """Give back what was counted for the user, and not what was for the address.

    Whoever has a token of a session that has ended must not use up its owner's limit.
    """
    limits, ruling = exchange.limits, exchange.ruling
    if limits is None or ruling is None:
        return
    if hits := tuple(hit for hit in ruling.hits if hit.rule.name == limits.user_name):
        await exchange.use_cases.refund_call(RefundCall(hits=hits))


def _device_token(exchange: "Exchange") -> str | None:
    sessions = cast("CookieSessions", exchange.layer.state["cookie_sessions"])
    return sessions.device_token(exchange.scope)


LIMIT: Final = "RateLimit"
POLICY: Final = "RateLimit-Policy"


def fields(quotas: Sequence[Quota]) -> Sequence[tuple[str, str]]:
    """Give both fields, as lists of structured fields (RFC 9651); none when nothing is limited.

    `r` is what is left, and `t` the seconds until more is free (§4.1.2), rounded up.
    """
    if not quotas:
        return ()
    policies = ", ".join([_policy(name, limit) for name, limit, _, _ in quotas])
    left = ", ".join([f'"{name}";r={left};t={ceil(reset)}' for name, _, left, reset in quotas])
    return (POLICY, policies), (LIMIT, left)


def header_lines(quotas: Sequence[Quota]) -> tuple[tuple[bytes, bytes], ...]:
    """Give both fields as ASGI has headers."""
    return tuple([(name.lower().encode(), value.encode()) for name, value in fields(quotas)])


@lru_cache(maxsize=64)
def _policy(name: str, limit: Limit) -> str:
    """Give what is the same for each call of a route."""
    return f'"{name}";q={limit.hits};w={limit.seconds}'
