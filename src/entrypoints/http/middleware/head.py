"""Bounds the head of a request: its target, and its header fields one by one and together."""

from collections.abc import Awaitable
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from entrypoints.http.browser.cookies import MAX_BYTES as MAX_COOKIES
from entrypoints.http.errors import HeadersTooLarge, UriTooLong

MAX_TARGET: Final = 8 * 1024
"""Bytes of path and query; RFC 9110 §4.1 asks for 8,000 at least."""
MAX_FIELD: Final = 8 * 1024
"""Bytes of one header field, but for `Cookie`, which has a limit of its own."""
MAX_FIELDS: Final = 64 * 1024
"""Bytes of all header fields together, their names included."""

_COOKIE: Final = b"cookie"


class HeadMiddleware:
    """Raises UriTooLong (RFC 9110 §15.5.15) and HeadersTooLarge (RFC 6585 §5).

    The HTTP server takes heads of 400 KB. Here they are measured before anything inside splits,
    decodes or matches them; readers have tighter bounds of their own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == ScopeType.HTTP:
            check_head(scope)
        return self._app(scope, receive, send)


def check_head(scope: HTTPScope) -> None:
    if len(scope["path"]) + len(scope["query_string"]) > MAX_TARGET:
        raise UriTooLong
    total = 0
    for name, value in scope["headers"]:
        size = len(name) + len(value)
        if size > MAX_FIELD and (name != _COOKIE or size > MAX_COOKIES + MAX_FIELD):
            raise HeadersTooLarge
        total += size
    if total > MAX_FIELDS:
        raise HeadersTooLarge
