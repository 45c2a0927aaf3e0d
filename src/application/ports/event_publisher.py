"""Port: publishes domain events after the commit."""

from collections.abc import Sequence
from typing import Protocol

from domain.events import DomainEvent


class EventPublisher(Protocol):
    """Tells whoever listens what happened; called after the commit, never before."""

    async def publish(self, events: Sequence[DomainEvent]) -> None:
        """Hand `events` over in their order; a listener's failure is not the caller's."""
        ...
