"""Response schemas of the audit trail."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from application.audit import entry
from entrypoints.http.fields import Cursor, Timestamp


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Who did what, on whom, when and from where."""

    id: UUID
    occurred_at: Timestamp
    type: Annotated[str, Meta(examples=["role.granted"])]
    actor_id: Annotated[UUID | None, Meta(description="The user who did it, if it was one.")]
    operator: Annotated[
        str | None, Meta(description="Who did it on the command line.", examples=["root"])
    ]
    user_id: Annotated[UUID | None, Meta(description="Whom it was done to.")]
    client_address: Annotated[str | None, Meta(examples=["203.0.113.7"])]
    user_agent: Annotated[str | None, Meta(examples=["Mozilla/5.0"])]
    request_id: Annotated[str, Meta(examples=["018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41"])]
    details: Annotated[dict[str, str | int], Meta(examples=[{"role": "admin"}])]

    @classmethod
    def of(cls, entry: entry.AuditEntry) -> "AuditEntry":
        return cls(
            id=entry.id,
            occurred_at=entry.occurred_at,
            type=entry.type,
            actor_id=entry.actor_id,
            operator=entry.operator,
            user_id=entry.user_id,
            client_address=entry.client_address,
            user_agent=entry.user_agent,
            request_id=entry.request_id,
            details=dict(entry.details),
        )


class AuditPage(Struct, frozen=True, kw_only=True):
    """A page of the audit trail; `next_cursor` is null on the last one."""

    entries: list[AuditEntry]
    next_cursor: Cursor | None
