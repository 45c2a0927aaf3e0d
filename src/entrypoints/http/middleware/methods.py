"""HEAD and OPTIONS for every route (RFC 9110 §9.1)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import cast

from litestar.enums import HttpMethod
from litestar.types import ASGIApp, Message, Receive, Scope, Send

Allowed = Mapping[str, bytes]
"""The value of `Allow` for each path template."""


class MethodsMiddleware:
    """Answers HEAD with what GET would say, less the body; OPTIONS lists every method.

    The framework's own OPTIONS forgets methods that were added to a path after the first.
    """

    def __init__(self, app: ASGIApp, allowed: Callable[[], Allowed]) -> None:
        self._app = app
        self._allowed = allowed

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        method = scope.get("method")
        if method == HttpMethod.HEAD:
            return self._get(scope, receive, _without_body(send))
        if method == HttpMethod.OPTIONS:
            return self._app(scope, receive, _with_allow(send, scope, self._allowed))
        return self._app(scope, receive, send)

    async def _get(self, scope: Scope, receive: Receive, send: Send) -> None:
        as_get = cast("Scope", {**scope, "method": HttpMethod.GET})
        await self._app(as_get, receive, send)
        if "path_template" in as_get:
            scope["path_template"] = as_get["path_template"]


def _without_body(send: Send) -> Send:
    async def send_headers(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return send_headers


def _with_allow(send: Send, scope: Scope, allowed: Callable[[], Allowed]) -> Send:
    async def send_options(message: Message) -> None:
        methods = allowed().get(scope.get("path_template", ""))
        if message["type"] == "http.response.start" and methods:
            others = [(name, value) for name, value in message["headers"] if name != b"allow"]
            message["headers"] = [*others, (b"allow", methods)]
        await send(message)

    return send_options
