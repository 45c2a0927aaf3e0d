"""What the caller of one request may still do."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from litestar.types import HTTPScope

from application.context import call_context
from application.limits.limit_call import LimitCall
from application.ports.rate_limiter import Quota
from application.use_cases import UseCases
from entrypoints.http.rate_limits import RouteLimits

if TYPE_CHECKING:
    from entrypoints.http.request import ApiRequest

_KEY: Final = "armature.allowance"


class Allowance:
    """Counts a request once, as soon as it is known who sends it, or that nobody will know."""

    def __init__(self, scope: HTTPScope, limits: RouteLimits, use_cases: UseCases) -> None:
        self._limits = limits
        self._use_cases = use_cases
        self._scope = scope
        self.is_taken = False
        self.quotas: tuple[Quota, ...] = ()
        scope.setdefault("state", {})[_KEY] = self

    async def take(self, scope: HTTPScope | None = None, user_id: UUID | None = None) -> None:
        """Count the request; raises RateLimitExceeded, which knows what is left then."""
        self.is_taken = True
        at = scope or self._scope
        self.quotas = await self._use_cases.limit_call(
            LimitCall(
                limits=self._limits.of(at["method"], at.get("path_template", "")),
                address=call_context.get().client_address,
                user_id=user_id,
            )
        )


async def take_allowance(request: "ApiRequest") -> None:
    """Run before a route: it is known who calls, and nothing of a body is read yet."""
    allowance: Allowance | None = request.scope["state"].get(_KEY)
    if allowance is None:
        return
    caller = request.scope.get("user")
    await allowance.take(request.scope, caller.user_id if caller else None)
