"""The audit trail as tests read it."""

from uuid import UUID

from application.audit.entry import AuditEntry, AuditQuery
from application.ports.audit_reader import AUDIT_READER
from tests.world import World


async def trail(here: World, user_id: UUID | None = None) -> list[AuditEntry]:
    """Give the entries, the oldest first."""
    found = (
        await here.container.database()
        .reader(AUDIT_READER)
        .page(AuditQuery(limit=1000, user_id=user_id))
    )
    return [*reversed(found)]


async def types(here: World, user_id: UUID | None = None) -> list[str]:
    return [entry.type for entry in await trail(here, user_id)]
