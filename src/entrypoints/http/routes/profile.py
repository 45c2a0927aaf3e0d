"""Routes of the caller's own account."""

from typing import Annotated, Final
from uuid import UUID

from litestar import Response, Router, delete, get, patch, put
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UnsetType

from application.errors import InvalidInput
from application.pagination import MAX_LIMIT
from application.session.list_sessions import ListSessions
from application.session.revoke_session import RevokeSession
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.export_data import ExportData
from application.user.get_profile import GetProfile
from application.user.update_profile import UNSET, UpdateProfile
from domain.session.errors import SessionNotFound
from domain.session.session import SessionMode
from domain.user.errors import (
    InvalidCredentials,
    LastAdmin,
    PasswordTooWeak,
    UserAlreadyExists,
    UserNotFound,
)
from entrypoints.http.answers import Success
from entrypoints.http.cookies.token_cookies import COOKIES
from entrypoints.http.guards import authenticated, cleared_cookies, session_mode
from entrypoints.http.request import ApiRequest
from entrypoints.http.responses import DISPOSITION, attachment
from entrypoints.http.route_rules import rules
from entrypoints.http.schemas import (
    BrowserPasswordChanged,
    Closing,
    Export,
    OneUser,
    PasswordChange,
    PasswordChanged,
    ProfileChange,
    Session,
    Sessions,
    User,
)

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="Sessions on the page.")]
Cursor = Annotated[str | None, QueryParameter(description="The `next_cursor` of the page before.")]


@get("/", summary="Read your profile", **rules(authenticated, UserNotFound))
async def read_profile(request: ApiRequest) -> Success[OneUser]:
    """Gives the account of the token."""
    view = await request.use_cases.get_profile(GetProfile(actor=request.caller))
    return Success(data=OneUser(User.of(view)))


@patch(
    "/",
    summary="Change your profile",
    **rules(authenticated, UserNotFound, UserAlreadyExists, InvalidCredentials),
)
async def change_profile(request: ApiRequest, data: JSONBody[ProfileChange]) -> Success[OneUser]:
    """Changes what the body mentions; a new e-mail address needs the password."""
    caller = request.caller
    view = await request.use_cases.update_profile(
        UpdateProfile(
            actor=caller,
            user_id=caller.user_id,
            name=UNSET if isinstance(data.name, UnsetType) else data.name,
            bio=UNSET if isinstance(data.bio, UnsetType) else data.bio,
            website=UNSET if isinstance(data.website, UnsetType) else data.website,
            email=UNSET if isinstance(data.email, UnsetType) else data.email,
            password=data.password,
        )
    )
    return Success(data=OneUser(User.of(view)))


@delete(
    "/",
    summary="Close your account",
    status_code=200,
    response_headers=[COOKIES],
    **rules(authenticated, UserNotFound, InvalidCredentials, LastAdmin),
)
async def close_account(request: ApiRequest, data: JSONBody[Closing]) -> Response[Success[None]]:
    """Forgets you and frees your address at once; it cannot be undone."""
    caller = request.caller
    await request.use_cases.close_account(
        CloseAccount(actor=caller, user_id=caller.user_id, password=data.password)
    )
    return Response(Success(data=None), cookies=cleared_cookies(request))


@put(
    "/password",
    summary="Change your password",
    response_headers=[COOKIES],
    **rules(authenticated, UserNotFound, InvalidCredentials, PasswordTooWeak),
)
async def change_password(
    request: ApiRequest, data: JSONBody[PasswordChange]
) -> Response[Success[PasswordChanged] | Success[BrowserPasswordChanged]]:
    """Sets a new password, ends all your sessions, and gives the tokens of a new one.

    Where the tokens are in cookies, so are the new ones, and they need a new CSRF token.
    """
    caller = request.caller
    changed = await request.use_cases.change_password(
        ChangePassword(
            actor=caller,
            user_id=caller.user_id,
            old_password=data.old_password,
            new_password=data.new_password,
            mode=session_mode(request),
            device_token=request.cookie_sessions.device_token(request.scope),
        )
    )
    pair = changed.tokens
    if pair is None or changed.device_token is None:
        raise RuntimeError("the use case opened no session")
    device = request.cookie_sessions.device_cookie(request.scope, changed.device_token)
    if session_mode(request) is SessionMode.TOKEN:
        return Response(Success(data=PasswordChanged.of(changed, pair)), cookies=[device])
    return Response(
        Success(
            data=BrowserPasswordChanged(
                sessions_ended=changed.sessions_ended, expires_in=pair.expires_in
            )
        ),
        cookies=[*request.cookie_sessions.set_cookies(request.scope, pair), device],
    )


@get(
    "/export",
    summary="Export your data",
    response_headers=[DISPOSITION],
    **rules(authenticated, UserNotFound),
)
async def export_data(request: ApiRequest) -> Response[Success[Export]]:
    """Gives everything held on you, as a file to keep."""
    caller = request.caller
    data = await request.use_cases.export_data(ExportData(actor=caller, user_id=caller.user_id))
    return Response(Success(data=Export.of(data)), headers=attachment(data.file_name))


@get("/sessions", summary="List your sessions", **rules(authenticated, InvalidInput))
async def list_sessions(
    request: ApiRequest, limit: Limit = MAX_LIMIT, cursor: Cursor = None
) -> Success[Sessions]:
    """Gives a page of those that are live, the newest first."""
    caller = request.caller
    page = await request.use_cases.list_sessions(
        ListSessions(actor=caller, user_id=caller.user_id, limit=limit, cursor=cursor)
    )
    sessions = [Session.of(view, caller.session_id) for view in page.items]
    return Success(data=Sessions(sessions=sessions, next_cursor=page.next_cursor))


@delete(
    "/sessions/{id:str}",
    summary="End one of your sessions",
    status_code=200,
    **rules(authenticated, SessionNotFound),
)
async def revoke_session(request: ApiRequest, id: FromPath[UUID]) -> Success[None]:
    """Ends it at once, on the device that has it."""
    caller = request.caller
    await request.use_cases.revoke_session(
        RevokeSession(actor=caller, user_id=caller.user_id, session_id=id)
    )
    return Success(data=None)


PROFILE: Final = Router(
    "/api/v1/users/me",
    route_handlers=[
        read_profile,
        change_profile,
        close_account,
        change_password,
        export_data,
        list_sessions,
        revoke_session,
    ],
    # Of OPTIONS, and of a route without rules.
    before_request=authenticated,
    tags=["Your account"],
)
