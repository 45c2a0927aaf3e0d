"""Administration routes: accounts of others."""

from typing import Annotated, Final, Literal
from uuid import UUID

from litestar import Router, delete, get, post, put
from litestar.params import FromPath, QueryParameter

from application.errors import InvalidInput
from application.pagination import DEFAULT_LIMIT, MAX_LIMIT
from application.user.activate_user import ActivateUser
from application.user.deactivate_user import DeactivateUser
from application.user.get_user import GetUser
from application.user.grant_role import GrantRole
from application.user.list_users import ListUsers
from application.user.revoke_role import RevokeRole
from domain.errors import Forbidden
from domain.user.errors import LastAdmin, UserNotFound
from entrypoints.http.answers import Success
from entrypoints.http.guards import authenticated
from entrypoints.http.request import ApiRequest
from entrypoints.http.route_rules import rules
from entrypoints.http.schemas import OneUser, User, Users

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="Accounts on the page.")]
Cursor = Annotated[str | None, QueryParameter(description="The `next_cursor` of the page before.")]
EmailPrefix = Annotated[str | None, QueryParameter(description="What the address begins with.")]
# No `bool | None`, for which the decoder takes the text `null`.
IsActive = Annotated[
    Literal["true", "false", "any"], QueryParameter(description="Only those that are, or are not.")
]


@get("/", summary="List accounts", **rules(authenticated, Forbidden, InvalidInput))
async def list_users(
    request: ApiRequest,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    email_prefix: EmailPrefix = None,
    is_active: IsActive = "any",
) -> Success[Users]:
    """Gives a page, the newest first; all filters must hold, on every page the same."""
    page = await request.use_cases.list_users(
        ListUsers(
            actor=request.caller,
            limit=limit,
            cursor=cursor,
            email_prefix=email_prefix,
            is_active=None if is_active == "any" else is_active == "true",
        )
    )
    users = [User.of(view) for view in page.items]
    return Success(data=Users(users=users, next_cursor=page.next_cursor))


@get("/{id:str}", summary="Read an account", **rules(authenticated, Forbidden, UserNotFound))
async def read_user(request: ApiRequest, id: FromPath[UUID]) -> Success[OneUser]:
    """Gives anybody's account."""
    view = await request.use_cases.get_user(GetUser(actor=request.caller, user=id))
    return Success(data=OneUser(User.of(view)))


@post(
    "/{id:str}/deactivate",
    summary="Deactivate an account",
    status_code=200,
    **rules(authenticated, Forbidden, UserNotFound, LastAdmin),
)
async def deactivate_user(request: ApiRequest, id: FromPath[UUID]) -> Success[OneUser]:
    """Shuts the account and ends its sessions at once."""
    view = await request.use_cases.deactivate_user(DeactivateUser(actor=request.caller, user_id=id))
    return Success(data=OneUser(User.of(view)))


@post(
    "/{id:str}/activate",
    summary="Activate an account",
    status_code=200,
    **rules(authenticated, Forbidden, UserNotFound),
)
async def activate_user(request: ApiRequest, id: FromPath[UUID]) -> Success[OneUser]:
    """Opens a deactivated account again; nobody opens their own."""
    view = await request.use_cases.activate_user(ActivateUser(actor=request.caller, user_id=id))
    return Success(data=OneUser(User.of(view)))


@put(
    "/{id:str}/roles/{role:str}",
    summary="Grant a role",
    **rules(authenticated, Forbidden, UserNotFound),
)
async def grant_role(
    request: ApiRequest, id: FromPath[UUID], role: FromPath[str]
) -> Success[OneUser]:
    """Gives a role that exists (`ROLES`) to somebody else; having it already is fine."""
    view = await request.use_cases.grant_role(
        GrantRole(actor=request.caller, user_id=id, role=role)
    )
    return Success(data=OneUser(User.of(view)))


@delete(
    "/{id:str}/roles/{role:str}",
    summary="Revoke a role",
    status_code=200,
    **rules(authenticated, Forbidden, UserNotFound, LastAdmin),
)
async def revoke_role(
    request: ApiRequest, id: FromPath[UUID], role: FromPath[str]
) -> Success[OneUser]:
    """Takes the role away at once; the last admin stays one.

    A role that no longer exists can be taken from who has it.
    """
    view = await request.use_cases.revoke_role(
        RevokeRole(actor=request.caller, user_id=id, role=role)
    )
    return Success(data=OneUser(User.of(view)))


USERS: Final = Router(
    "/api/v1/users",
    route_handlers=[
        list_users,
        read_user,
        deactivate_user,
        activate_user,
        grant_role,
        revoke_role,
    ],
    # Of OPTIONS, and of a route without rules.
    before_request=authenticated,
    tags=["Administration"],
)
