"""Drain middleware: `Connection: close` during graceful shutdown."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.drain import Drain

logger: Final = logging.getLogger("armature.server")

TASK: Final = "armature.task"
"""Where in the scope its task stands, for layers inside: to ask again costs a system call."""


class DrainMiddleware:
    """Says `Connection: close` in every answer of a drain, and knows the calls at work.

    A client that keeps its connection would otherwise send its next request into a connection
    that is being closed, and could not tell whether anybody read it (RFC 9112 §9.6).
    """

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = asyncio.current_task()
        if scope["type"] != ScopeType.HTTP or call is None:
            await self._app(scope, receive, send)
            return
        self._drain.enter(call)
        cast("dict[str, object]", scope)[TASK] = call
        try:
            await self._app(scope, receive, self._closing(send))
        except asyncio.CancelledError:
            if not self._drain.is_cut:
                raise
            # The end of this task, and nothing that the HTTP server need report as a fault.
            logger.warning("A request was broken off: it took longer than the service could wait.")
        finally:
            self._drain.exit(call)

    def _closing(self, send: Send) -> Send:
        def send_closing(message: Message) -> Awaitable[None]:
            # The drain may have begun since the request came.
            if message["type"] == "http.response.start" and self._drain.has_begun:
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            return send(message)

        return send_closing
