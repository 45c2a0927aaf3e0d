"""CORS middleware.

Fetch standard, https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Sequence
from typing import Final

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

EXPOSED: Final = (
    b"X-Request-ID, RateLimit, RateLimit-Policy, Retry-After, Idempotency-Replayed, Allow, "
    b"WWW-Authenticate, Content-Disposition"
)
METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"
HEADERS: Final = b"Authorization, Content-Type, Idempotency-Key, X-CSRF-Token, X-Request-ID"
MAX_AGE: Final = b"600"
"""Seconds for which a browser remembers the answer; an origin that is taken off the list goes
unnoticed for so long."""

_VARY: Final = (b"vary", b"Origin")


class CorsMiddleware:
    """Says in every answer, errors included, whether the page that asked may read it.

    Credentials (cookies) are for listed origins only, which is why there is no `*`.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._stamps = {
            origin.encode(): [
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-allow-credentials", b"true"),
                (b"access-control-expose-headers", EXPOSED),
                _VARY,
            ]
            for origin in origins
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        # Caches must not give one origin what another was told, nor what was told to none.
        stamps = self._stamps.get(_only(scope, b"origin"), [_VARY])

        async def send_stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *stamps]
            await send(message)

        await self._app(scope, receive, send_stamped)


class PreflightMiddleware:
    """Answers the question that a browser asks before a page's request goes out."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not self._is_preflight(scope):
            await self._app(scope, receive, send)
            return
        headers = [
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", HEADERS),
            (b"access-control-max-age", MAX_AGE),
        ]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _is_preflight(self, scope: HTTPScope) -> bool:
        return (
            scope["method"] == HttpMethod.OPTIONS
            and _only(scope, b"origin") in self._origins
            and bool(_only(scope, b"access-control-request-method"))
        )


def _only(scope: HTTPScope, name: bytes) -> bytes:
    """The one value of a header; nothing when there is none, or more than one."""
    values = [value for each, value in scope["headers"] if each == name]
    return values[0] if len(values) == 1 else b""
