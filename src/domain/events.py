"""Domain events."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """Something that is true since `occurred_at` (UTC), about the user `user_id`.

    `user_id` is None only where nobody is known, as in a log-in with an unknown address.
    """

    occurred_at: datetime
    user_id: UUID | None
