"""Port: reads the audit trail."""

from typing import Protocol

from application.audit.entry import AuditEntry, AuditQuery
from application.ports.unit_of_work import RepositoryKey


class AuditReader(Protocol):
    """Reads the trail, and knows nothing of who may: that is for use cases to say."""

    async def page(self, query: AuditQuery) -> tuple[AuditEntry, ...]:
        """Give at most `query.limit` entries, the newest first: by time, then by id, descending.

        Everything about one user, as for their export, is the pages of a query with their id, each
        with the `position` of the last entry of the page before.
        """
        ...


AUDIT_READER = RepositoryKey[AuditReader]("audit reader")
