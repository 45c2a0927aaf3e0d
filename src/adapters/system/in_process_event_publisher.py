"""In-process event publisher: hands events to subscribers after the commit."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from application.ports.event_publisher import EventPublisher
from domain.events import DomainEvent

Listener = Callable[[DomainEvent], Awaitable[None]]

_log = logging.getLogger("armature.events")


class InProcessEventPublisher(EventPublisher):
    """Calls each listener in turn; one that fails is logged, and the next ones still run."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    async def publish(self, events: Sequence[DomainEvent]) -> None:
        for event in events:
            for listener in self._listeners:
                try:
                    await listener(event)
                except Exception:  # noqa: BLE001 - whatever it is, it is the listener's
                    _log.exception("a listener failed on %s", type(event).__name__)
