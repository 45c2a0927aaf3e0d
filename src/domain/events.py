"""Domain events, and the aggregate root that collects them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """A fact since `occurred_at` (UTC) about the user `user_id`.

    `user_id` is None only if no user is known, as in a log-in with an unknown address.
    """

    occurred_at: datetime
    user_id: UUID | None


@dataclass(slots=True, eq=False, kw_only=True)
class Aggregate:
    """Compared by identity; a storage adapter rebuilds it through its constructor."""

    _events: list[DomainEvent] = field(default_factory=list, init=False, repr=False)

    def record(self, event: DomainEvent) -> None:
        self._events.append(event)

    def pull_events(self) -> tuple[DomainEvent, ...]:
        """Return the events since the last pull, oldest first, and clear them."""
        events = tuple(self._events)
        self._events.clear()
        return events
