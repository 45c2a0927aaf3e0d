"""Audit routes."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Router, get
from litestar.params import QueryParameter

from application.audit.list_audit import ListAudit
from application.audit.types import AuditType
from application.errors import InvalidInput
from application.pagination import DEFAULT_LIMIT, MAX_LIMIT
from domain.errors import Forbidden
from entrypoints.http.answers import Success
from entrypoints.http.guards import authenticated
from entrypoints.http.request import ApiRequest
from entrypoints.http.route_rules import rules
from entrypoints.http.schemas import AuditEntry, AuditPage

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="Entries on the page.")]
Cursor = Annotated[str | None, QueryParameter(description="The `next_cursor` of the page before.")]
UserId = Annotated[UUID | None, QueryParameter(description="Only what was done to this user.")]
Type = Annotated[AuditType | None, QueryParameter(description="Only what is of this type.")]
Since = Annotated[datetime | None, QueryParameter(description="Only from this time on.")]
Until = Annotated[datetime | None, QueryParameter(description="Only before this time.")]


@get("/", summary="List the audit trail", **rules(authenticated, Forbidden, InvalidInput))
async def list_audit(
    request: ApiRequest,
    *,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    user_id: UserId = None,
    type: Type = None,
    since: Since = None,
    until: Until = None,
) -> Success[AuditPage]:
    """Gives a page, the newest first; all filters must hold, on every page the same."""
    page = await request.use_cases.list_audit(
        ListAudit(
            actor=request.caller,
            limit=limit,
            cursor=cursor,
            user_id=user_id,
            type=type,
            since=since,
            until=until,
        )
    )
    entries = [AuditEntry.of(entry) for entry in page.items]
    return Success(data=AuditPage(entries=entries, next_cursor=page.next_cursor))


AUDIT: Final = Router(
    "/api/v1/audit",
    route_handlers=[list_audit],
    # Of OPTIONS, and of a route without rules.
    before_request=authenticated,
    tags=["Administration"],
)
