"""Drains an unread request body before the response (RFC 9112 §9.6)."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from entrypoints.http.middleware.framing import announces_body

MAX_DISCARDED: Final = 16 * 1024 * 1024
"""Bytes that are let pass; whoever sends more may not get to read the answer."""
PATIENCE: Final = 0.3
"""Seconds to wait for more: whoever announced a body and sends none is answered all the same."""


class DrainBodyMiddleware:
    """Reads on without keeping anything, before an answer that comes early, or an error does.

    A server that closes while its caller still sends resets the connection: many callers then
    never see the answer (RFC 9112 §9.6), or meet the end of it with their next request. One that
    waits for `100 Continue` has not begun.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != ScopeType.HTTP or not _may_have_begun(scope):
            return self._app(scope, receive, send)
        return self._read_on(scope, receive, send)

    async def _read_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive, send)
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:
            await body.discard()
            raise


class _Body:
    """Passes messages on in both directions, and knows whether the body came to its end."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_over = False

    async def receive(self) -> HTTPReceiveMessage:
        message = cast("HTTPReceiveMessage", await self._receive())
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._is_over = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self.discard()
        await self._send(message)

    async def discard(self) -> None:
        left = MAX_DISCARDED
        with suppress(TimeoutError):
            while not self._is_over and left >= 0:
                async with asyncio.timeout(PATIENCE):
                    message = await self.receive()
                left -= len(message["body"]) if message["type"] == "http.request" else 0


def _may_have_begun(scope: HTTPScope) -> bool:
    """Whether a body is announced, and is not held back for our consent."""
    return announces_body(scope) and all(name != b"expect" for name, _ in scope["headers"])
