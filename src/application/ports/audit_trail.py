"""Port: writes the audit trail inside a unit of work."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from application.audit.entry import AuditEntry
from application.ports.unit_of_work import RepositoryKey


class AuditTrail(Protocol):
    """Takes entries in the transaction of what they tell of: there is never one without the other.

    Nothing waits for an entry, and none is ever changed but to forget.
    """

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        """Write entries down, in one round trip at most.

        Raises DuplicateKey when one is there, by the commit at the latest.
        """
        ...

    async def forget_clients(self, user_id: UUID) -> None:
        """Blank where and with what the user came, in all entries about them that are there.

        Those of what admins and operators did with the account tell of them, and stay whole.
        """
        ...


AUDIT_TRAIL = RepositoryKey[AuditTrail]("audit trail")
