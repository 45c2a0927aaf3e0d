"""Authentication routes: register, log in, refresh, log out."""

from typing import Final

from litestar import Response, Router, post
from litestar.params import JSONBody
from msgspec import UnsetType

from application.idempotency import IdempotencyKeyReused
from application.limits.groups import LOGIN, REGISTER
from application.session.log_in import LogIn
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from application.user.register_user import RegisterUser
from domain.errors import FieldError, ValidationFailed
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
from entrypoints.http.authentication import cleared_cookies
from entrypoints.http.browser.cookies import AUTH_PATH, COOKIES, DEVICE_COOKIE
from entrypoints.http.errors import CsrfFailed
from entrypoints.http.guards import authenticated
from entrypoints.http.idempotency import KEY, REPLAYED, idempotency_key
from entrypoints.http.openapi.answers import BEARER, answers
from entrypoints.http.openapi.security import CSRF, REFRESH_COOKIE
from entrypoints.http.request import MAX_AUTH_BODY, ApiRequest
from entrypoints.http.routes.browser import csrf, refresh_by_cookie
from entrypoints.http.schemas import (
    BrowserLogin,
    LoggedInUser,
    Login,
    Refresh,
    Register,
    User,
)
from entrypoints.http.session_schemas import BrowserRefresh, Ended, Tokens

NO_REFRESH_TOKEN: Final = ValidationFailed(
    errors=(FieldError("refresh_token", "This field is needed."),)
)


@post(
    "/register",
    summary="Sign up",
    responses=answers(
        UserAlreadyExists,
        PasswordTooWeak,
        IdempotencyKeyReused,
        # What can have become of the account since the same request made it.
        UserNotFound,
        UserInactive,
        InvalidCredentials,
    ),
    headers=(KEY,),
    response_headers=[REPLAYED, DEVICE_COOKIE],
    limits=REGISTER,
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
    responses=answers(InvalidCredentials, UserInactive, CsrfFailed),
    response_headers=[COOKIES],
    limits=LOGIN,
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
    responses=answers(*BEARER, RefreshTokenReused, CsrfFailed),
    response_headers=[COOKIES],
    security=[{}, REFRESH_COOKIE | CSRF],
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
    before_request=authenticated,
    response_headers=[COOKIES],
)
async def logout(request: ApiRequest) -> Response[Success[None]]:
    """Ends the session of the token."""
    await request.use_cases.log_out(LogOut(actor=request.caller))
    return Response(Success(data=None), cookies=cleared_cookies(request))


@post(
    "/logout-all",
    summary="Log out everywhere",
    status_code=200,
    before_request=authenticated,
    response_headers=[COOKIES],
)
async def logout_all(request: ApiRequest) -> Response[Success[Ended]]:
    """Ends every session of the user, this one included."""
    caller = request.caller
    ended = await request.use_cases.log_out_everywhere(
        LogOutEverywhere(actor=caller, user_id=caller.user_id)
    )
    return Response(Success(data=Ended(ended)), cookies=cleared_cookies(request))


AUTH: Final = Router(
    AUTH_PATH,
    route_handlers=[register, login, refresh, csrf, logout, logout_all],
    request_max_body_size=MAX_AUTH_BODY,
    tags=["Authentication"],
)
