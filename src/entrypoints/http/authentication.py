"""`Authorization: Bearer`, checked before anything else of a request is read."""

import re
from typing import Any, Final, cast

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from application.session.authenticate import Authenticate
from domain.errors import DomainError
from domain.session.errors import TokenInvalid, Unauthorized
from entrypoints.http.request import ApiRequest

# RFC 6750 §2.1; the scheme's name knows no case (RFC 9110 §11.1).
_BEARER: Final = re.compile(r"bearer +(?P<token>[A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
_GIVEN: Final = "armature.token_given"

AnyConnection = ASGIConnection[BaseRouteHandler, Any, Any, Any]
"""What the framework gives to guards; in this application it is an ApiRequest."""


async def bearer(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """A guard: lets the request pass with `request.caller` set.

    Raises Unauthorized without a token, TokenInvalid for one that is no token at all, and what
    the `authenticate` use case raises.
    """
    request = cast("ApiRequest", connection)
    try:
        command = Authenticate(access_token=_token(request))
        request.scope["user"] = await request.use_cases.authenticate(command)
    except DomainError:
        await request.discard_body()
        raise


def token_was_given(request: ApiRequest) -> bool:
    """Whether this request came to a guarded route with credentials (RFC 6750 §3.1)."""
    return _GIVEN in request.scope["state"]


def _token(request: ApiRequest) -> str:
    header = request.headers.get("authorization", "").strip(" \t")
    scheme = header.split(" ", maxsplit=1)[0].lower()
    if scheme != "bearer":
        raise Unauthorized
    request.scope["state"][_GIVEN] = True
    match = _BEARER.fullmatch(header)
    if not match:
        raise TokenInvalid
    return match["token"]
