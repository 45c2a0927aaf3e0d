"""HTTPS enforcement."""

from http import HTTPStatus
from typing import Final

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from entrypoints.http.errors import HttpsRequired
from entrypoints.http.middleware.host import host_name
from entrypoints.http.middleware.probes import is_probe

_READING: Final = frozenset((HttpMethod.GET.value, HttpMethod.HEAD.value))


class HttpsMiddleware:
    """Sends readers of plain HTTP to the same address over HTTPS; raises HttpsRequired for others.

    What would be written has crossed the network already, and a redirect would only hide that.
    The host of the request must have been checked before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["scheme"] == "https" or is_probe(scope["path"]):
            await self._app(scope, receive, send)
            return
        host = host_name(scope)
        if scope["method"] not in _READING or not host:
            raise HttpsRequired
        headers = [(b"location", _location(host, scope)), (b"content-length", b"0")]
        status = HTTPStatus.PERMANENT_REDIRECT.value
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _location(host: str, scope: HTTPScope) -> bytes:
    """The same path and query at the default port: the one of plain HTTP is never right."""
    query = scope["query_string"]
    return b"https://" + host.encode("ascii") + scope["raw_path"] + (b"?" + query if query else b"")
