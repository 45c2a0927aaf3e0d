"""Rate limit check: what the caller of one request may still do."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from litestar.types import HTTPScope

from application.context import call_context
from application.limits.limit_call import LimitCall, RefundCall
from application.ports.rate_limiter import Hit, Quota
from application.use_cases import UseCases
from domain.errors import Category, DomainError
from entrypoints.http.rate_limits import RouteLimits

if TYPE_CHECKING:
    from entrypoints.http.request import ApiRequest

_KEY: Final = "armature.allowance"


class RateLimitCheck:
    """Counts a request once, before anything is looked up for it."""

    def __init__(self, scope: HTTPScope, limits: RouteLimits, use_cases: UseCases) -> None:
        self._limits = limits
        self._use_cases = use_cases
        self._scope = scope
        self._of_user: tuple[Hit, ...] = ()
        self.is_taken = False
        self.quotas: tuple[Quota, ...] = ()
        scope.setdefault("state", {})[_KEY] = self

    async def take(
        self,
        scope: HTTPScope | None = None,
        access_token: str | None = None,
        device_token: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Count the request by address, and by the user whom the token names.

        `device_token` gives that of the request, where its route counts by device.

        Raises RateLimitExceeded, and what is wrong with the token; it is not counted then.
        """
        self.is_taken = True
        at = scope or self._scope
        limits = self._limits.of(at["method"], at.get("path_template", ""))
        try:
            ruling = await self._use_cases.limit_call(
                LimitCall(
                    limits=limits,
                    address=call_context.get().client_address,
                    access_token=access_token,
                    device_token=device_token() if limits.by_device else None,
                )
            )
        except DomainError as error:
            self.is_taken = error.category is not Category.UNAUTHENTICATED
            raise
        self.quotas = ruling.quotas
        self._of_user = tuple(hit for hit in ruling.hits if hit.rule.name == limits.user_name)

    async def refund_user(self) -> None:
        """Give back what was counted for the user, and not what was for the address.

        Whoever has a token of a session that has ended must not use up its owner's limit.
        """
        hits, self._of_user = self._of_user, ()
        if hits:
            await self._use_cases.refund_call(RefundCall(hits=hits))


def allowance_of(request: "ApiRequest") -> RateLimitCheck | None:
    """Give the check of a request; None where nothing is limited."""
    return request.scope["state"].get(_KEY)


async def enforce_rate_limit(request: "ApiRequest", access_token: str | None = None) -> None:
    """Run before a route, when nothing of a body is read yet and nothing is looked up."""
    if (allowance := allowance_of(request)) is not None:
        device_token = partial(request.cookie_sessions.device_token, request.scope)
        await allowance.take(request.scope, access_token, device_token)
