"""ASGI without a client: the exchange middleware around an application of a test."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from litestar.types import ASGIApp, Message

from entrypoints.http.middleware import ExchangeMiddleware

Receive = Callable[[], Awaitable[Any]]


async def exchange(
    app: object,
    receive: Receive,
    *headers: tuple[bytes, bytes],
    method: str = "GET",
    **options: Any,  # noqa: ANN401 - those of the middleware
) -> list[Message]:
    """Send one request through the middleware, and give what it sends."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"service"), *headers],
    }
    middleware = ExchangeMiddleware(cast("ASGIApp", app), **options)
    await middleware(cast("Any", scope), cast("Any", receive), send)
    return sent


def statuses(sent: list[Message]) -> list[int]:
    return [message["status"] for message in sent if message["type"] == "http.response.start"]
