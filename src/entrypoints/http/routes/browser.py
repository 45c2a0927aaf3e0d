"""CSRF token and refresh by cookie."""

from typing import Final
from uuid import UUID

from litestar import get

from application.errors import InvalidInput
from application.session.authenticate import Authenticate
from application.session.identify_session import IdentifySession
from application.session.refresh_session import RefreshSession
from application.session.session_opener import TokenPair
from domain.errors import Category, DomainError
from domain.session.errors import Unauthorized
from domain.session.session import SessionMode
from entrypoints.http.answers import Success
from entrypoints.http.browser.csrf_tokens import LIFETIME
from entrypoints.http.openapi.answers import BEARER, answers
from entrypoints.http.openapi.security import ACCESS_COOKIE, REFRESH_COOKIE
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas import CsrfToken

_SECONDS: Final = int(LIFETIME.total_seconds())


@get(
    "/csrf",
    summary="Get a CSRF token",
    responses=answers(*BEARER),
    security=[ACCESS_COOKIE, REFRESH_COOKIE],
)
async def csrf(request: ApiRequest) -> Success[CsrfToken]:
    """Gives what a browser sends as `X-CSRF-Token` with every change, the refresh included.

    Either cookie of the session will do. A caller with an `Authorization` header needs no such
    token, and gets none.
    """
    if "authorization" in request.headers:
        raise InvalidInput("A caller with an Authorization header needs no CSRF token.")
    session_id = await _session_id(request)
    token = request.cookie_sessions.csrf.issue(session_id)
    return Success(data=CsrfToken(csrf_token=token, expires_in=_SECONDS))


async def refresh_by_cookie(request: ApiRequest) -> TokenPair | None:
    """Exchange the refresh token of the cookie; None when there is no such cookie.

    Raises CsrfFailed unless our own page asks, with a CSRF token of the session.
    """
    cookie_sessions = request.cookie_sessions
    token = cookie_sessions.refresh_token(request.scope)
    if token is None:
        return None
    cookie_sessions.check_page(request.scope)
    # By then the access token is mostly gone, so the session is told by the other one.
    cookie_sessions.check_token(request.scope, await _identify(request, token))
    return await request.use_cases.refresh_session(
        RefreshSession(refresh_token=token, mode=SessionMode.COOKIE)
    )


async def _session_id(request: ApiRequest) -> UUID:
    cookies = request.cookie_sessions.cookies(request.scope)
    access = request.cookie_sessions.access_token(request.scope)
    refresh = request.cookie_sessions.refresh_token(request.scope)
    if access is not None:
        try:
            with request.cookie_sessions.clearing(request.scope, cookies.access):
                command = Authenticate(access_token=access, mode=SessionMode.COOKIE)
                return (await request.use_cases.authenticate(command)).session_id
        except DomainError as error:
            if refresh is None or error.category is not Category.UNAUTHENTICATED:
                raise
    if refresh is None:
        raise Unauthorized
    return await _identify(request, refresh)


async def _identify(request: ApiRequest, refresh_token: str) -> UUID:
    """Give the session of a refresh cookie; one that is not valid in a cookie is cleared.

    The exchange itself clears nothing: its cookie may hold a newer token by then.
    """
    cookie_sessions = request.cookie_sessions
    with cookie_sessions.clearing(request.scope, cookie_sessions.cookies(request.scope).refresh):
        return await request.use_cases.identify_session(
            IdentifySession(refresh_token=refresh_token, mode=SessionMode.COOKIE)
        )
