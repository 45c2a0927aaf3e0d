"""Signing up, logging in and out."""

from typing import Final

from litestar import Response, Router, post
from litestar.params import JSONBody

from application.idempotency import IdempotencyKeyReused
from application.limits.groups import AUTH as AUTH_LIMITS
from application.session.log_in import LogIn
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from application.user.register_user import RegisterUser
from domain.session.errors import (
    RefreshTokenReused,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
)
from domain.user.errors import (
    InvalidCredentials,
    PasswordTooWeak,
    UserAlreadyExists,
    UserInactive,
    UserNotFound,
)
from entrypoints.http.answers import Success
from entrypoints.http.authentication import bearer
from entrypoints.http.idempotency import KEY, REPLAYED, idempotency_key
from entrypoints.http.openapi.answers import answers
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas import Ended, LoggedInUser, Login, Refresh, Register, Tokens


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
    response_headers=[REPLAYED],
    limits=AUTH_LIMITS,
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
        )
    )
    if done.tokens is None:
        raise RuntimeError("the use case opened no session")
    return Response(
        Success(data=LoggedInUser.of(done.user, done.tokens)),
        headers={REPLAYED.name: "true"} if done.is_replay else None,
    )


@post(
    "/login",
    summary="Log in",
    status_code=200,
    responses=answers(InvalidCredentials, UserInactive),
    limits=AUTH_LIMITS,
)
async def login(request: ApiRequest, data: JSONBody[Login]) -> Success[LoggedInUser]:
    """Opens a session; an unknown address and a wrong password get the same answer."""
    done = await request.use_cases.log_in(LogIn(email=data.email, password=data.password))
    return Success(data=LoggedInUser.of(done.user, done.tokens))


@post(
    "/refresh",
    summary="Exchange a refresh token",
    status_code=200,
    responses=answers(TokenInvalid, TokenExpired, SessionRevoked, RefreshTokenReused),
)
async def refresh(request: ApiRequest, data: JSONBody[Refresh]) -> Success[Tokens]:
    """Gives the next pair of tokens; a token that comes back later ends the session."""
    pair = await request.use_cases.refresh_session(RefreshSession(refresh_token=data.refresh_token))
    return Success(data=Tokens.of(pair))


@post("/logout", summary="Log out", status_code=200, guards=[bearer])
async def logout(request: ApiRequest) -> Success[None]:
    """Ends the session of the token."""
    await request.use_cases.log_out(LogOut(actor=request.caller))
    return Success(data=None)


@post("/logout-all", summary="Log out everywhere", status_code=200, guards=[bearer])
async def logout_all(request: ApiRequest) -> Success[Ended]:
    """Ends every session of the user, this one included."""
    caller = request.caller
    ended = await request.use_cases.log_out_everywhere(
        LogOutEverywhere(actor=caller, user_id=caller.user_id)
    )
    return Success(data=Ended(ended))


AUTH: Final = Router(
    "/api/v1/auth",
    route_handlers=[register, login, refresh, logout, logout_all],
    tags=["Authentication"],
)
