"""A query is text, or the request is refused."""

from urllib.parse import unquote_to_bytes

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from application.errors import InvalidInput


class QueryMiddleware:
    """Raises InvalidInput for a query that is not UTF-8, as a body that is not would be refused.

    The framework puts U+FFFD wherever it cannot decode, and asks for what nobody asked for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            try:
                unquote_to_bytes(scope["query_string"]).decode()
            except UnicodeDecodeError:
                raise InvalidInput("The query is not valid UTF-8.") from None
        await self._app(scope, receive, send)
