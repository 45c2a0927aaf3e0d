"""Authentication routes: register, log in, refresh, log out, CSRF token."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import JSONBody
from msgspec import UnsetType

from application.errors import InvalidInput
from application.idempotency import IdempotencyKeyReused
from application.limits.groups import LOGIN, REGISTER
from application.session.authenticate import Authenticate
from application.session.identify_session import IdentifySession
from application.session.log_in import LogIn
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from application.session.session_opener import TokenPair
from application.user.register_user import RegisterUser
from domain.errors import Category, DomainError, FieldError, ValidationFailed
from domain.session.errors import RefreshTokenReused, Unauthorized
from domain.session.session import SessionMode
from domain.user.errors import (
    InvalidCredentials,
    PasswordTooWeak,
    UserAlreadyExists,
    UserInactive,
    UserNotFound,
)
from entrypoints.http.answers import Success
from entrypoints.http.cookies.csrf import LIFETIME
from entrypoints.http.cookies.token_cookies import AUTH_PATH, COOKIES, DEVICE_COOKIE
from entrypoints.http.errors.catalogue import CsrfFailed
from entrypoints.http.guards import authenticated, cleared_cookies, public
from entrypoints.http.idempotency import KEY, REPLAYED, idempotency_key
from entrypoints.http.openapi.security import ACCESS_COOKIE, CSRF, REFRESH_COOKIE
from entrypoints.http.request import MAX_AUTH_BODY, ApiRequest
from entrypoints.http.route_rules import BEARER, rules
from entrypoints.http.schemas import (
    BrowserLogin,
    BrowserRefresh,
    CsrfToken,
    Ended,
    LoggedInUser,
    Login,
    Refresh,
    Register,
    Tokens,
    User,
)

NO_REFRESH_TOKEN: Final = ValidationFailed(
    errors=(FieldError("refresh_token", "This field is needed."),)
)


@post(
    "/register",
    summary="Sign up",
    headers=(KEY,),
    response_headers=[REPLAYED, DEVICE_COOKIE],
    **rules(
        public,
        UserAlreadyExists,
        PasswordTooWeak,
        IdempotencyKeyReused,
        # What can have become of the account since the same request made it.
        UserNotFound,
        UserInactive,
        InvalidCredentials,
        limits=REGISTER,
        max_body=MAX_AUTH_BODY,
    ),
)
async def register(
    request: ApiRequest, data: JSONBody[Register]
) -> Response[Success[LoggedInUser]]:
    """Makes an account and logs it in.

    With an `Idempotency-Key` it may be sent again, for instance when no answer came: it makes one
    account, and gives that account and new tokens each time.
    """
    done = await request.use_cases.register_user(
        RegisterUser(
            email=data.email,
            password=data.password,
            name=data.name,
            idempotency_key=idempotency_key(request),
            device_token=request.cookie_sessions.device_token(request.scope),
        )
    )
    if done.tokens is None or done.device_token is None:
        raise RuntimeError("the use case opened no session")
    return Response(
        Success(data=LoggedInUser.of(done.user, done.tokens)),
        headers={REPLAYED.name: "true"} if done.is_replay else None,
        cookies=[request.cookie_sessions.device_cookie(request.scope, done.device_token)],
    )


@post(
    "/login",
    summary="Log in",
    status_code=200,
    response_headers=[COOKIES],
    **rules(
        public, InvalidCredentials, UserInactive, CsrfFailed, limits=LOGIN, max_body=MAX_AUTH_BODY
    ),
)
async def login(
    request: ApiRequest, data: JSONBody[Login]
) -> Response[Success[LoggedInUser] | Success[BrowserLogin]]:
    """Opens a session; an unknown address and a wrong password get the same answer.

    With a `mode` of `cookie` the tokens go into cookies that no script can read, and the answer
    holds none.
    """
    if data.mode == "cookie":
        request.cookie_sessions.check_login(request.scope)
    cookie_sessions = request.cookie_sessions
    done = await request.use_cases.log_in(
        LogIn(
            email=data.email,
            password=data.password,
            device_token=cookie_sessions.device_token(request.scope),
            mode=SessionMode(data.mode),
        )
    )
    device = cookie_sessions.device_cookie(request.scope, done.device_token)
    if data.mode == "cookie":
        return Response(
            Success(data=BrowserLogin(user=User.of(done.user), expires_in=done.tokens.expires_in)),
            cookies=[*cookie_sessions.set_cookies(request.scope, done.tokens), device],
        )
    return Response(Success(data=LoggedInUser.of(done.user, done.tokens)), cookies=[device])


@post(
    "/refresh",
    summary="Exchange a refresh token",
    status_code=200,
    response_headers=[COOKIES],
    security=[{}, REFRESH_COOKIE | CSRF],
    **rules(public, *BEARER, RefreshTokenReused, CsrfFailed, max_body=MAX_AUTH_BODY),
)
async def refresh(
    request: ApiRequest, data: JSONBody[Refresh | None] = None
) -> Response[Success[Tokens] | Success[BrowserRefresh]]:
    """Gives the next pair of tokens; a token that comes back later ends the session.

    Without a token in the body the cookie counts, and the next pair is in cookies again.
    """
    if data is not None and not isinstance(data.refresh_token, UnsetType):
        command = RefreshSession(refresh_token=data.refresh_token)
        return Response(Success(data=Tokens.of(await request.use_cases.refresh_session(command))))
    pair = await refresh_by_cookie(request)
    if pair is None:
        raise Unauthorized if data is None else NO_REFRESH_TOKEN
    return Response(
        Success(data=BrowserRefresh(expires_in=pair.expires_in)),
        cookies=request.cookie_sessions.set_cookies(request.scope, pair),
    )


@post(
    "/logout",
    summary="Log out",
    status_code=200,
    response_headers=[COOKIES],
    **rules(authenticated, max_body=MAX_AUTH_BODY),
)
async def logout(request: ApiRequest) -> Response[Success[None]]:
    """Ends the session of the token."""
    await request.use_cases.log_out(LogOut(actor=request.caller))
    return Response(Success(data=None), cookies=cleared_cookies(request))


@post(
    "/logout-all",
    summary="Log out everywhere",
    status_code=200,
    response_headers=[COOKIES],
    **rules(authenticated, max_body=MAX_AUTH_BODY),
)
async def logout_all(request: ApiRequest) -> Response[Success[Ended]]:
    """Ends every session of the user, this one included."""
    caller = request.caller
    ended = await request.use_cases.log_out_everywhere(
        LogOutEverywhere(actor=caller, user_id=caller.user_id)
    )
    return Response(Success(data=Ended(ended)), cookies=cleared_cookies(request))


_SECONDS: Final = int(LIFETIME.total_seconds())


@get(
    "/csrf",
    summary="Get a CSRF token",
    security=[ACCESS_COOKIE, REFRESH_COOKIE],
    **rules(public, *BEARER, max_body=MAX_AUTH_BODY),
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
    # By then the access token is mostly gone, so the refresh token identifies the session.
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


AUTH: Final = Router(
    AUTH_PATH,
    route_handlers=[register, login, refresh, csrf, logout, logout_all],
    tags=["Authentication"],
)
