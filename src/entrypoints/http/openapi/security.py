"""OpenAPI security schemes."""

from collections.abc import Mapping
from typing import Final

from litestar.handlers import HTTPRouteHandler

from entrypoints.http.cookies.csrf import HEADER
from entrypoints.http.cookies.sessions import SAFE_METHODS
from entrypoints.http.cookies.token_cookies import SECURE

Requirement = dict[str, list[str]]
"""What has to come together; a route lists the combinations of which one is enough."""

BEARER: Final[Requirement] = {"bearer": []}
ACCESS_COOKIE: Final[Requirement] = {"access_cookie": []}
REFRESH_COOKIE: Final[Requirement] = {"refresh_cookie": []}
CSRF: Final[Requirement] = {"csrf": []}

SCHEMES: Final[Mapping[str, Mapping[str, str]]] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "access_cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": SECURE.access.name,
        "description": "Set by a log-in with `mode: cookie`; `access` over plain HTTP, which"
        " development and test allow.",
    },
    "refresh_cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": SECURE.refresh.name,
        "description": "Set with the other one; `refresh` over plain HTTP.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": HEADER,
        "description": "From `GET /api/v1/auth/csrf`. Needs an `Origin` of our own, or"
        " `Sec-Fetch-Site: same-origin`, beside it; browsers send both by themselves.",
    },
}


def security_of(handler: HTTPRouteHandler, method: str, *, is_guarded: bool) -> list[Requirement]:
    """What a route asks of its callers: what it says itself, else what its guard checks."""
    if handler.security:
        return [dict(each) for each in handler.security]
    if not is_guarded:
        return []
    return [BEARER, ACCESS_COOKIE if method in SAFE_METHODS else ACCESS_COOKIE | CSRF]
