"""Rate limit middleware: counts unrouted requests, adds `RateLimit` headers."""

from collections.abc import Awaitable, Callable

from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.types import (
    ASGIApp,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)

from application.errors import RateLimitExceeded
from domain.errors import DomainError
from entrypoints.http.errors import ClientDisconnected
from entrypoints.http.rate_limit_check import RateLimitCheck
from entrypoints.http.rate_limit_fields import header_lines
from entrypoints.http.rate_limits import RouteLimits, is_probe
from entrypoints.http.sending import send_failure


class LimitsMiddleware:
    """Counts what no route did, and says in every answer what is left.

    A route counts its requests once their caller is known (`enforce_rate_limit`). What is answered
    before that, as 401, 404 and 405 are, is counted by address when the answer begins, and
    becomes a 429 when that address has asked too often.
    """

    def __init__(self, app: ASGIApp, limits: Callable[[], RouteLimits], state: State) -> None:
        self._app = app
        self._limits = limits
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or is_probe(scope["path"]):
            await self._app(scope, receive, send)
            return
        counted = _Counted(
            send, scope, RateLimitCheck(scope, self._limits(), self._state["use_cases"])
        )
        try:
            await self._app(scope, receive, counted)
        except ClientDisconnected:
            raise
        except Exception as exc:
            if counted.started:
                raise
            await send_failure(exc, scope, counted)


class _Counted:
    """A `send` that adds what is left, or answers 429 instead."""

    def __init__(self, send: Send, scope: HTTPScope, allowance: RateLimitCheck) -> None:
        self._send = send
        self._scope = scope
        self._allowance = allowance
        self._is_replaced = False
        self.started = False

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            return self._start(message)
        return _nothing() if self._is_replaced else self._send(message)

    async def _start(self, message: HTTPResponseStartEvent) -> None:
        self.started = True
        if not self._allowance.is_taken and (refusal := await self._refusal()):
            self._is_replaced = True
            await send_failure(refusal, self._scope, self._send)
            return
        if quotas := self._allowance.quotas:
            message["headers"] = [*message.get("headers", ()), *header_lines(quotas)]
        await self._send(message)

    async def _refusal(self) -> RateLimitExceeded | None:
        try:
            await self._allowance.take()
        except RateLimitExceeded as error:
            return error
        except DomainError:
            # The deadline has passed, which is what the answer is about to say.
            return None
        return None


async def _nothing() -> None:
    """Send nothing."""
