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
from entrypoints.http.cookies.sessions import CookieSessions
from entrypoints.http.exchange import Exchange
from entrypoints.http.rate_limiting.check import count_request, refund_user
from entrypoints.http.request import ApiRequest

if TYPE_CHECKING:
    from litestar.types import BeforeRequestHookHandler


# The scheme is case-insensitive (RFC 9110 §11.1).
_BEARER: Final = "bearer"
MAX_TOKEN: Final = 4096
"""Characters of a token; a longer one is refused unread, and not cached."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")


async def _public(request: ApiRequest) -> None:
    if (exchange := request.exchange).is_limited:
        await count_request(exchange)
    if request.scope["query_string"]:
        refuse_null(request)


async def _authenticated(request: ApiRequest) -> None:
    """Authenticate by `Authorization: Bearer` or by cookie, and set `request.caller`.

    With an `Authorization` header the cookies are not looked at. The request is counted when the
    signature of its token is verified, before the session is looked up. Raises Unauthorized
    without a token, TokenInvalid for one that is no token at all, RateLimitExceeded, what the
    `authenticate` use case raises, and CsrfFailed when a cookie comes with a change that our own
    page did not send.
    """
    exchange = request.exchange
    # Of several lines the first counts.
    lines = [value for name, value in exchange.scope["headers"] if name == b"authorization"]
    if lines:
        token = _bearer_token(exchange, lines[0].decode("latin-1"))
        account = await _account(exchange, token, SessionMode.TOKEN)
    else:
        account = await _cookie_account(exchange, request.cookie_sessions)
    exchange.scope["user"] = account
    if exchange.scope["query_string"]:
        refuse_null(request)


public: Final = cast("BeforeRequestHookHandler", _public)
"""Counts the request, before anything of a body is read."""
authenticated: Final = cast("BeforeRequestHookHandler", _authenticated)
"""Does the same for who has a session, and sets `request.caller`."""


def cleared_cookies(request: ApiRequest) -> list[Cookie]:
    """Clear the cookies of a cookie session that has ended; none for bearer callers."""
    by_cookie = session_mode(request) is SessionMode.COOKIE
    return request.cookie_sessions.clear_cookies(request.scope) if by_cookie else []


def session_mode(request: ApiRequest) -> SessionMode:
    """Give the mode of the authenticated session: tokens or cookies."""
    return SessionMode.COOKIE if request.exchange.by_cookie else SessionMode.TOKEN


async def _account(exchange: Exchange, token: str, mode: SessionMode) -> Account:
    """Count the request by the claims of its token, then look the session up."""
    if exchange.is_limited:
        await count_request(exchange, token)
    try:
        return await exchange.use_cases.authenticate(Authenticate(access_token=token, mode=mode))
    except (SessionRevoked, TokenInvalid):
        await refund_user(exchange)
        raise


async def _cookie_account(exchange: Exchange, sessions: CookieSessions) -> Account:
    scope = exchange.scope
    token = sessions.access_token(scope)
    if token is None:
        raise Unauthorized
    sessions.check_page(scope)
    with sessions.clearing(scope, sessions.cookies(scope).access):
        account = await _account(exchange, token, SessionMode.COOKIE)
    sessions.check_token(scope, account.session_id)
    exchange.by_cookie = True
    return account


def _bearer_token(exchange: Exchange, header: str) -> str:
    scheme, _, token = header.strip(" \t").partition(" ")
    if scheme.lower() != _BEARER:
        raise Unauthorized
    exchange.token_given = True
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
    if errors := tuple(_nulls(request)):
        raise ValidationFailed(errors=errors)


def _nulls(request: ApiRequest) -> Iterator[FieldError]:
    declared = request.route_handler.parsed_fn_signature.parameters
    for name, value in request.query_params.items():
        if value.lower() == _NULL and name in declared and _takes_null(declared[name]):
            yield FieldError(name, "Leave this out instead of sending null.")


def _takes_null(field: FieldDefinition) -> bool:
    return field.is_optional and all(inner.annotation is not str for inner in field.inner_types)
