"""One HTTP exchange: a request, its response, and the one ASGI `receive` and `send` of both."""

import asyncio
import random
import re
import time
from collections.abc import Awaitable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from litestar.types import (
    HTTPReceiveMessage,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)

from application.context import CallContext
from application.errors import RateLimitExceeded
from application.limits.limit_call import CallLimits
from application.ports.rate_limiter import Ruling
from application.use_cases import UseCases
from domain.errors import DomainError
from entrypoints.http.cookies.token_cookies import CLEARED
from entrypoints.http.errors.handling import Failure, log_failure, to_domain_error
from entrypoints.http.errors.rendering import answer_error
from entrypoints.http.rate_limiting.check import count_request, header_lines
from entrypoints.http.response_headers import security_headers, with_allow
from entrypoints.http.responses import EncodedResponse

if TYPE_CHECKING:
    from entrypoints.http.in_flight import Watch
    from entrypoints.http.middleware import ExchangeMiddleware

STATE: Final = "exchange"
"""Where an exchange is found in the state of its ASGI scope."""
CLOSED_BY_CLIENT: Final = 499
"""The status in metrics and logs of a request whose client disconnected; no response was sent."""
MAX_DISCARDED: Final = 16 * 1024 * 1024
"""Bytes of an unread body that are read before the response."""
DISCARD_TIMEOUT: Final = 0.3
"""Seconds to wait for each part of a body that is discarded."""
MAX_USER_AGENT: Final = 256
_READ: Final = 4 * MAX_USER_AGENT
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_HEALTH: Final = "/health"
_FREE: Final = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
_FIXED: Final = 0x4000_8000_000000000000
"""Version and variant of a UUID."""


class Exchange:
    """State of one request and its response; times are monotonic, in seconds."""

    status = CLOSED_BY_CLIENT
    request_size = 0
    response_size = 0
    failure: Failure | None = None
    """Which error the request was answered with."""

    token_given = False
    """Whether a guarded route was given `Bearer` credentials (RFC 6750 §3.1)."""
    by_cookie = False
    """Whether the session is that of a cookie."""

    is_limited = False
    """Whether rate limits hold for the request: not for probes, nor for what is refused unread."""
    is_counted = False
    limits: CallLimits | None = None
    ruling: Ruling | None = None

    has_begun = False
    """Whether the response has begun."""
    is_read = False
    """Whether the body was read to its end."""
    is_reading = False
    """Whether the application waits for more of the body."""
    is_gone = False
    """Whether the application received the client's disconnect."""
    discards_body = False
    """Whether an unread body is read before the response begins (RFC 9112 §9.6)."""
    watch: "Watch | None" = None
    _is_replaced = False

    def __init__(
        self, layer: "ExchangeMiddleware", scope: HTTPScope, receive: Receive, send: Send
    ) -> None:
        self.layer, self.scope = layer, scope
        self._receive, self._send = receive, send
        # Asked once: it costs a system call on Python 3.11.
        self.task = cast("asyncio.Task[object]", asyncio.current_task())
        self.method = scope["method"]
        self.use_cases = cast("UseCases", layer.state.get("use_cases"))
        self.is_probe = scope["path"].startswith(_HEALTH) and is_probe(scope["path"])
        self.headers = headers = dict(scope["headers"])
        self.announces_body = b"content-length" in headers or b"transfer-encoding" in headers
        """Whether a body comes (RFC 9112 §6.3)."""
        self.began = time.monotonic()
        sent_id, user_agent = headers.get(b"x-request-id"), headers.get(b"user-agent")
        client = scope.get("client")
        self.request_id = (
            sent_id.decode("latin-1") if sent_id and _SANE_ID.fullmatch(sent_id) else _new_id()
        )
        self.context = CallContext(
            self.request_id,
            client[0] if client else None,
            _printable(user_agent[:_READ]) if user_agent is not None else None,
            None if layer.timeout is None else self.began + layer.timeout,
        )
        scope.setdefault("state", {})[STATE] = self

    async def receive(self) -> HTTPReceiveMessage:
        """Receive the next part of the body, or the client's disconnect."""
        if self.watch is not None and self.watch.is_reading:
            return await self.watch.messages.get()
        # Stays set when it is cancelled: who was waited for decides between 408 and 504.
        self.is_reading = True
        message = await self.receive_next()
        self.is_reading = False
        if message["type"] == "http.disconnect":
            self.is_gone = True
        elif not message.get("more_body", False):
            self.is_read = True
        if self.watch is not None:
            self.watch.begin()
        return message

    async def receive_next(self) -> HTTPReceiveMessage:
        """Receive from the server, and count the size of the body."""
        message = cast("HTTPReceiveMessage", await self._receive())
        if message["type"] == "http.request":
            self.request_size += len(message.get("body", b""))
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """Send a part of the response; its start gets all headers."""
        if message["type"] == "http.response.start":
            if self.discards_body or (self.is_limited and not self.is_counted):
                return self._begin_late(message)
            return self._begin(message)
        if self._is_replaced:
            return _nothing()
        if message["type"] == "http.response.body":
            if self.method == "HEAD":
                message["body"] = b""
            self.response_size += len(message.get("body", b""))
        return self._send(message)

    async def fail(self, exc: Exception) -> None:
        """Answer with what `exc` means; where the response has begun, only log it."""
        response = self.failure_response(exc)
        if not self.has_begun:
            await response(cast("Scope", self.scope), self.receive, self.send)

    def failure_response(self, exc: Exception) -> EncodedResponse:
        """Log an exception and render it (JSend or RFC 9457): the only exception handler."""
        error = to_domain_error(exc)
        # The error itself would keep its traceback alive, and with that the body of the request.
        self.failure = Failure(error.code, error.category)
        log_failure(error, exc, self.request_id)
        accept = b", ".join([value for name, value in self.scope["headers"] if name == b"accept"])
        return answer_error(
            error, self.request_id, accept.decode("latin-1"), token_given=self.token_given
        )

    def close(self) -> None:
        """Stop the watch, and break the reference cycle of scope and exchange."""
        if self.watch is not None:
            self.watch.stop()
            self.watch = None
        self.scope["state"].pop(STATE, None)

    def _begin(self, message: HTTPResponseStartEvent) -> Awaitable[None]:
        """Send the start of the response with the headers of all responses."""
        self.has_begun = True
        self.status = message["status"]
        scope, layer = self.scope, self.layer
        chosen = list(message.get("headers", ()))
        if self.method == "OPTIONS":
            chosen = with_allow(chosen, layer.allowed.get(scope.get("path_template", "")))
        if self.ruling is not None:
            chosen += header_lines(self.ruling.quotas)
        # Cleared before the route sets any: of two for one cookie the last counts.
        if cleared := scope["state"].get(CLEARED):
            chosen = [*(each.to_encoded_header() for each in cleared), *chosen]
        message["headers"] = [
            *chosen,
            (b"x-request-id", self.request_id.encode()),
            *security_headers(scope.get("scheme", "http"), chosen),
            *(layer.cors.headers(scope) if layer.cors else ()),
            *layer.drain.headers,
        ]
        return self._send(message)

    async def _begin_late(self, message: HTTPResponseStartEvent) -> None:
        """Read the rest of the body and count the request, where that was not done, then send.

        A server that closes while its client still sends resets the connection, and many clients
        never see the response (RFC 9112 §9.6). What no route counted, as 401, 404 and 405, is
        counted by address, and replaced by a 429 when that is used up.
        """
        if self.discards_body:
            self.discards_body = False
            await self._discard_body()
        if self.is_limited and not self.is_counted:
            try:
                await count_request(self)
            except RateLimitExceeded as refusal:
                await self.fail(refusal)
                self._is_replaced = True
                return
            except DomainError:
                # The deadline has passed, which is what the response says.
                pass
        await self._begin(message)

    async def _discard_body(self) -> None:
        left = MAX_DISCARDED
        with suppress(TimeoutError):
            while not (self.is_read or self.is_gone) and left >= 0:
                async with asyncio.timeout(DISCARD_TIMEOUT):
                    message = await self.receive()
                left -= len(message["body"]) if message["type"] == "http.request" else 0


def is_probe(path: str) -> bool:
    """Whether `path` is a health check: `/health` or below it, and does not climb out of there."""
    return path == _HEALTH or (path.startswith(f"{_HEALTH}/") and "/.." not in path)


def exchange_of(scope: Scope | HTTPScope) -> Exchange:
    """Give the exchange that an ASGI scope belongs to."""
    return cast("Exchange", cast("Any", scope)["state"][STATE])


async def _nothing() -> None:
    """Send nothing."""


def _new_id() -> str:
    """Make a version 4 UUID (RFC 9562 §5.4), without a system call: it protects nothing."""
    digits = "%032x" % (random.getrandbits(128) & _FREE | _FIXED)  # nosec B311 - as above
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(512)
def _printable(user_agent: bytes) -> str | None:
    """Decode a `User-Agent` for log lines and pages."""
    text = user_agent.decode("utf-8", errors="replace")
    return "".join(c for c in text if c.isprintable())[:MAX_USER_AGENT] or None
