"""Request context middleware: request id and security headers."""

import random
import re
import time
from collections.abc import Awaitable, Iterable
from functools import lru_cache
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from application.context import CallContext, call_context
from entrypoints.http.browser.cookies import refused_cookies
from entrypoints.http.security_headers import NAMES, Pairs, security_headers

MAX_USER_AGENT: Final = 256
_READ: Final = 4 * MAX_USER_AGENT
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_FREE: Final = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
_FIXED: Final = 0x4000_8000_000000000000
"""Version and variant of a UUID."""


class RequestContextMiddleware:
    """Sets the CallContext, and stamps answers.

    Stamps are `X-Request-ID`, the security headers that the route did not choose for itself, and
    `Set-Cookie` for cookies that were refused.
    """

    def __init__(self, app: ASGIApp, patience: float | None = None) -> None:
        """Give every call `patience` seconds, for whoever respects its deadline."""
        self._app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        context = _context(scope, self._patience)
        defaults = security_headers(scope.get("scheme", "http"))
        stamped = _Stamped(scope, send, context.request_id, defaults)
        token = call_context.set(context)
        try:
            await self._app(scope, receive, stamped)
        finally:
            call_context.reset(token)


class _Stamped:
    """A `send` that adds our headers to the start of an answer."""

    __slots__ = ("_defaults", "_scope", "_send", "_stamp")

    def __init__(self, scope: HTTPScope, send: Send, request_id: str, defaults: Pairs) -> None:
        self._scope = scope
        self._send = send
        self._stamp = (b"x-request-id", request_id.encode())
        self._defaults = defaults

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            chosen = tuple(message.get("headers", ()))
            names = {name for name, _ in chosen}
            defaults: Iterable[tuple[bytes, bytes]] = self._defaults
            if not NAMES.isdisjoint(names):
                defaults = (pair for pair in defaults if pair[0] not in names)
            # Cleared before the route sets any: of two for one cookie the last counts.
            cleared = [each.to_encoded_header() for each in refused_cookies(self._scope)]
            message["headers"] = [*cleared, *chosen, self._stamp, *defaults]
        return self._send(message)


def _context(scope: HTTPScope, patience: float | None) -> CallContext:
    headers = dict(scope["headers"])
    sent_id = headers.get(b"x-request-id")
    user_agent = headers.get(b"user-agent")
    client = scope.get("client")
    return CallContext(
        sent_id.decode("latin-1") if sent_id and _SANE_ID.fullmatch(sent_id) else _new_id(),
        client[0] if client else None,
        None if user_agent is None else _printable(user_agent[:_READ]),
        None if patience is None else time.monotonic() + patience,
    )


def _new_id() -> str:
    """Make a version 4 UUID (RFC 9562 §5.4), without a call of the system: it guards nothing."""
    digits = "%032x" % (random.getrandbits(128) & _FREE | _FIXED)  # nosec B311 - as above
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(512)
def _printable(user_agent: bytes) -> str | None:
    """What the client calls itself, fit for a log line or a page."""
    text = user_agent.decode("utf-8", errors="replace")
    return "".join(c for c in text if c.isprintable())[:MAX_USER_AGENT] or None
