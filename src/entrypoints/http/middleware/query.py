"""Query string validation: UTF-8, no repeated parameter."""

from collections.abc import Awaitable
from typing import Final
from urllib.parse import unquote_to_bytes

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from application.errors import InvalidInput

MAX_PARAMETERS: Final = 64


class QueryMiddleware:
    """Raises InvalidInput for a query that is not UTF-8, as a body that is not would be refused.

    The framework puts U+FFFD wherever it cannot decode, and asks for what nobody asked for. Of a
    parameter that is given twice it would take one, and whoever checked the query before us may
    have taken the other (parameter pollution).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == ScopeType.HTTP and scope["query_string"]:
            _check(scope["query_string"])
        return self._app(scope, receive, send)


def _check(query: bytes) -> None:
    if query.count(b"&") >= MAX_PARAMETERS:
        raise InvalidInput(f"The query has at most {MAX_PARAMETERS} parameters.")
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise InvalidInput("The query is not valid UTF-8.") from None
    parts = (part.partition(b"=")[0] for part in query.split(b"&") if part)
    names = [unquote_to_bytes(part.replace(b"+", b" ")) for part in parts]
    if len(names) > len(set(names)):
        raise InvalidInput("The query gives a parameter more than once.")
