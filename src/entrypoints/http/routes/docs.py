"""OpenAPI document and its documentation page."""

from functools import cache
from html import escape
from importlib import resources
from typing import Final

from litestar import Litestar, Response, get
from msgspec import json

from application.limits.groups import PUBLIC
from entrypoints.http.guards import public
from entrypoints.http.openapi.document import document
from entrypoints.http.openapi.operations import operations
from entrypoints.http.openapi.page import ORIGIN, render
from entrypoints.http.request import ApiRequest
from entrypoints.http.route_rules import rules

# Nothing but the page and its own style sheet: no script, no image, no frame, no form.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-cache",
}


@get("/openapi.json", include_in_schema=False, **rules(public, limits=PUBLIC))
async def openapi_json(request: ApiRequest) -> Response[bytes]:
    """The description as OpenAPI 3.1."""
    return Response(_document(request.app), media_type="application/json", headers=_HEADERS)


@get("/docs", include_in_schema=False, **rules(public, limits=PUBLIC))
async def docs_page(request: ApiRequest) -> Response[bytes]:
    """The description for people."""
    origin = escape(str(request.base_url).rstrip("/"))
    page = _page(request.app).replace(ORIGIN, origin).encode()
    return Response(page, media_type="text/html", headers=_HEADERS)


@get("/docs/style.css", include_in_schema=False, **rules(public, limits=PUBLIC))
async def docs_style() -> Response[bytes]:
    """What the page looks like."""
    return Response(_style(), media_type="text/css", headers=_HEADERS)


@cache
def _document(app: Litestar) -> bytes:
    return json.encode(document(tuple(operations(app))))


@cache
def _page(app: Litestar) -> str:
    return render(tuple(operations(app)))


@cache
def _style() -> bytes:
    return resources.files("entrypoints.http.openapi").joinpath("style.css").read_bytes()
