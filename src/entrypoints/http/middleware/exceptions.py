"""Exception handler middleware of last resort."""

from collections.abc import Awaitable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from application.context import call_context
from entrypoints.http.errors import ClientDisconnected
from entrypoints.http.failures import log_failure, logger, note_failure
from entrypoints.http.sending import send_failure
from entrypoints.http.translation import to_domain_error


class ExceptionMiddleware:
    """Turns what was raised further in into an answer, unless one has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        begun = _Begun(send)
        try:
            await self._app(scope, receive, begun)
        except ClientDisconnected:
            logger.debug("Request %s: the caller went away.", call_context.get().request_id)
        except Exception as exc:  # noqa: BLE001 - the last resort
            if begun.has_begun:
                error = to_domain_error(exc)
                note_failure(scope, error)
                log_failure(error, exc)
            else:
                await send_failure(exc, scope, send)


class _Begun:
    """A `send` that knows whether an answer has begun."""

    __slots__ = ("_send", "has_begun")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    def __call__(self, message: Message) -> Awaitable[None]:
        self.has_begun = True
        return self._send(message)
