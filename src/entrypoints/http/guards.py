"""Guards: authentication and rate limit of a request, before anything of it is read.

Hooks and not the framework's guards: it copies the whole route for each guard of each request,
which took longer than verifying the token.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from litestar.datastructures import Cookie
from litestar.typing import FieldDefinition

from application.actor import Account
from application.session.authenticate import Authenticate
from domain.errors import FieldError, ValidationFailed
from domain.session.errors import SessionRevoked, TokenInvalid, Unauthorized
from domain.session.session import SessionMode
from entrypoints.http.rate_limiting.check import refund_user
from entrypoints.http.request import ApiRequest

if TYPE_CHECKING:
    from litestar.types import BeforeRequestHookHandler


async def _public(request: ApiRequest) -> None:
    await request.enforce_rate_limit()
    refuse_null(request)


async def _authenticated(request: ApiRequest) -> None:
    await authenticate(request)
    refuse_null(request)


public: Final = cast("BeforeRequestHookHandler", _public)
"""Counts the request, before anything of a body is read."""
authenticated: Final = cast("BeforeRequestHookHandler", _authenticated)
"""Does the same for who has a session, and sets `request.caller`."""


# The scheme's name knows no case (RFC 9110 §11.1).
_BEARER: Final = "bearer"
MAX_TOKEN: Final = 4096
"""Characters of a token: more are read by nobody, and remembered by nobody."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")


async def authenticate(request: ApiRequest) -> None:
    """Let the request pass with `request.caller` set.

    With an `Authorization` header the cookies are not looked at. The request is counted when the
    signature of its token is verified, before the session is looked up. Raises Unauthorized
    without a token, TokenInvalid for one that is no token at all, RateLimitExceeded, what the
    `authenticate` use case raises, and CsrfFailed when a cookie comes with a change that our own
    page did not send.
    """
    header = _authorization(request)
    token = _cookie(request) if header is None else _token(request, header)
    if header is None:
        cookie_sessions = request.cookie_sessions
        with cookie_sessions.clearing(request.scope, cookie_sessions.cookies(request.scope).access):
            account = await _account(request, token, SessionMode.COOKIE)
        request.cookie_sessions.check_token(request.scope, account.session_id)
        request.exchange.by_cookie = True
    else:
        account = await _account(request, token, SessionMode.TOKEN)
    request.scope["user"] = account


def cleared_cookies(request: ApiRequest) -> list[Cookie]:
    """Take a browser's cookies away where its session is over; nobody else's are touched."""
    by_cookie = session_mode(request) is SessionMode.COOKIE
    return request.cookie_sessions.clear_cookies(request.scope) if by_cookie else []


def session_mode(request: ApiRequest) -> SessionMode:
    """Give how the session that asks holds its tokens, once it is authenticated."""
    return SessionMode.COOKIE if request.exchange.by_cookie else SessionMode.TOKEN


async def _account(request: ApiRequest, token: str, mode: SessionMode) -> Account:
    """Count the request by the claims of its token, then look the session up."""
    await request.enforce_rate_limit(token)
    try:
        command = Authenticate(access_token=token, mode=mode)
        return await request.use_cases.authenticate(command)
    except (SessionRevoked, TokenInvalid):
        await refund_user(request.exchange)
        raise


def _cookie(request: ApiRequest) -> str:
    token = request.cookie_sessions.access_token(request.scope)
    if token is None:
        raise Unauthorized
    request.cookie_sessions.check_page(request.scope)
    return token


def _authorization(request: ApiRequest) -> str | None:
    # Of several the first counts.
    values = [value for name, value in request.scope["headers"] if name == b"authorization"]
    return values[0].decode("latin-1") if values else None


def _token(request: ApiRequest, header: str) -> str:
    scheme, _, token = header.strip(" \t").partition(" ")
    if scheme.lower() != _BEARER:
        raise Unauthorized
    request.exchange.token_given = True
    token = token.lstrip(" ")
    if len(token) > MAX_TOKEN or not _is_token(token):
        raise TokenInvalid
    return token


@lru_cache(4096)
def _is_token(text: str) -> bool:
    """Whether it is written as tokens are (RFC 6750 §2.1); a caller sends the same for minutes."""
    return _TOKEN.fullmatch(text) is not None


_NULL: Final = "null"


def refuse_null(request: ApiRequest) -> None:
    """Raise ValidationFailed for the text `null` where a parameter may be left out.

    The decoder would take it for None, so a filter that somebody meant to set would let
    everything through. Where text is asked for, it is a text like others.
    """
    if request.scope["query_string"] and (errors := tuple(_nulls(request))):
        raise ValidationFailed(errors=errors)


def _nulls(request: ApiRequest) -> Iterator[FieldError]:
    declared = request.route_handler.parsed_fn_signature.parameters
    for name, value in request.query_params.items():
        if value.lower() == _NULL and name in declared and _takes_null(declared[name]):
            yield FieldError(name, "Leave this out instead of sending null.")


def _takes_null(field: FieldDefinition) -> bool:
    return field.is_optional and all(inner.annotation is not str for inner in field.inner_types)
