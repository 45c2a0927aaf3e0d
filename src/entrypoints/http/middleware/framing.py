"""Rejects ambiguous framing (request smuggling, RFC 9112 §6.3)."""

from collections.abc import Awaitable
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from entrypoints.http.errors import UnknownFraming

_ANNOUNCING: Final = frozenset((b"transfer-encoding", b"content-length"))


def announces_body(scope: HTTPScope) -> bool:
    """Whether a body comes (RFC 9112 §6.3): one of two headers says so."""
    return any(name in _ANNOUNCING for name, _ in scope["headers"])


class FramingMiddleware:
    """Raises UnknownFraming for a `Transfer-Encoding` that is not `chunked` and nothing else.

    The HTTP server reads chunks whenever they come last. A proxy that reads `gzip, chunked` or
    two of these headers in another way sees other requests than we do (RFC 9112 §11.2).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == ScopeType.HTTP:
            codings = [value for name, value in scope["headers"] if name == b"transfer-encoding"]
            if codings and (len(codings) > 1 or codings[0].lower() != b"chunked"):
                raise UnknownFraming
        return self._app(scope, receive, send)
