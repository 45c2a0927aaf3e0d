"""Aggregate root that collects its domain events."""

from dataclasses import dataclass, field

from domain.events import DomainEvent


@dataclass(slots=True, eq=False, kw_only=True)
class Aggregate:
    """Compared by identity; a storage adapter rebuilds it through its constructor."""

    _events: list[DomainEvent] = field(default_factory=list, init=False, repr=False)

    def record(self, event: DomainEvent) -> None:
        self._events.append(event)

    def pull_events(self) -> tuple[DomainEvent, ...]:
        """Give the events recorded since the last pull, oldest first, and forget them."""
        events = tuple(self._events)
        self._events.clear()
        return events
