"""An audit entry, and the query for a page of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

Detail = str | int


class Position(NamedTuple):
    """Where an entry stands in the trail: by time, and by id where the time is the same."""

    occurred_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what, on whom, when, and from where; never a secret, nor an e-mail address.

    Who: the user `actor_id`, or the `operator` of that name, or nobody who is known. On whom: the
    user `user_id`, None where nobody is known. `type` is a value of AuditType, or of a newer
    release's.
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
        """Whether where it came from may tell of this user, and of no admin or operator."""
        return (
            self.user_id == user_id and self.actor_id in {None, user_id} and self.operator is None
        )

    def without_client(self) -> "AuditEntry":
        return replace(self, client_address=None, user_agent=None)

    def redacted_for(self, user_id: UUID) -> "AuditEntry":
        """What the user it was done to may keep of it: nothing of the admin or operator who did."""
        if self.is_by_client_of(user_id):
            return self
        return replace(self.without_client(), actor_id=None, operator=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """At most `limit` entries before a position, the newest first; all filters satisfied.

    `user_id` is on whom; `since` is the earliest time.
    """

    limit: int
    before: Position | None = None
    since: datetime | None = None
    user_id: UUID | None = None
    type: str | None = None
