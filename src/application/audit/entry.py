"""An audit entry, and the query for a page of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

Detail = str | int


class Position(NamedTuple):
    """Sort key of an entry: time, then id."""

    occurred_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An entry of the audit trail, without secrets and e-mail addresses.

    The actor is the user `actor_id`, or the `operator` of that name; both are None if unknown.
    `user_id` is the affected user, None if unknown. `type` is a value of AuditType, or of that of a
    newer release.
    """

    id: UUID
    occurred_at: datetime
    type: str
    actor_id: UUID | None = None
    operator: str | None = None
    user_id: UUID | None = None
    client_address: str | None = None
    user_agent: str | None = None
    request_id: str
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def position(self) -> Position:
        return Position(self.occurred_at, self.id)

    def is_by_client_of(self, user_id: UUID) -> bool:
        """Whether its client is that of this user, and not of an admin or operator."""
        return (
            self.user_id == user_id and self.actor_id in {None, user_id} and self.operator is None
        )

    def without_client(self) -> "AuditEntry":
        return replace(self, client_address=None, user_agent=None)

    def redacted_for(self, user_id: UUID) -> "AuditEntry":
        """Return it for the export of the affected user, without data of an admin or operator."""
        if self.is_by_client_of(user_id):
            return self
        return replace(self.without_client(), actor_id=None, operator=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """At most `limit` entries before a position, the newest first; all filters satisfied.

    `user_id` is the affected user; `since` is the earliest time.
    """

    limit: int
    before: Position | None = None
    since: datetime | None = None
    user_id: UUID | None = None
    type: str | None = None
