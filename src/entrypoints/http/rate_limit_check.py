"""Rate limit check of a request: counted once, before anything is looked up for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from application.limits.limit_call import LimitCall, RefundCall
from domain.errors import Category, DomainError

if TYPE_CHECKING:
    from entrypoints.http.exchange import Exchange


async def count_request(
    exchange: "Exchange",
    access_token: str | None = None,
    device_token: Callable[[], str | None] = lambda: None,
) -> None:
    """Count a request by address, and by the user whom its token names.

    `device_token` gives that of the request, where its route counts by device. Raises
    RateLimitExceeded, and what is wrong with the token; it is not counted then.
    """
    layer, scope = exchange.layer, exchange.scope
    if layer.limits is None or layer.use_cases is None:
        return
    exchange.is_counted = True
    exchange.limits = limits = layer.limits.of(scope["method"], scope.get("path_template", ""))
    try:
        exchange.ruling = await layer.use_cases().limit_call(
            LimitCall(
                limits=limits,
                address=exchange.context.client_address,
                access_token=access_token,
                device_token=device_token() if limits.by_device else None,
            )
        )
    except DomainError as error:
        exchange.is_counted = error.category is not Category.UNAUTHENTICATED
        raise


async def refund_user(exchange: "Exchange") -> None:
    """Give back what was counted for the user, and not what was for the address.

    Whoever has a token of a session that has ended must not use up its owner's limit.
    """
    use_cases, limits, ruling = exchange.layer.use_cases, exchange.limits, exchange.ruling
    if use_cases is None or limits is None or ruling is None:
        return
    if hits := tuple(hit for hit in ruling.hits if hit.rule.name == limits.user_name):
        await use_cases().refund_call(RefundCall(hits=hits))
