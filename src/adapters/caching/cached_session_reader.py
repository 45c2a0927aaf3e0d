"""Cached session look-ups, trusted for one second."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from application.ports.session_reader import LiveSession, SessionReader
from application.session.views import SessionQuery, SessionRecord
from domain.events import DomainEvent
from domain.session.events import SessionRefreshed, SessionsEnded
from domain.user.events import RoleGranted, RoleRevoked, UserDeactivated


class CachedSessionReader(SessionReader):
    """Trusts its own positive answers for `trust`, and forgets them when it hears otherwise.

    So a session that ended elsewhere works on for `trust` at most, and one that ended in this
    process stops at once: the events of the unit of work reach `handle` before its caller gets an
    answer. A "no" is never kept.
    """

    def __init__(
        self,
        inner: SessionReader,
        *,
        trust: timedelta = timedelta(seconds=1),
        capacity: int = 10_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._trust = trust.total_seconds()
        self._capacity = capacity
        self._monotonic = monotonic
        self._known: OrderedDict[UUID, tuple[LiveSession, float]] = OrderedDict()
        self._heard = 0

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        kept = self._known.get(session_id)
        if kept is not None and self._monotonic() < kept[1]:
            return kept[0]
        heard, asked_at = self._heard, self._monotonic()
        live = await self._inner.find_live(session_id, now)
        # What was read before the last news may be older than it.
        if live is not None and heard == self._heard:
            self._keep(session_id, live, asked_at + self._trust)
        return live

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        return await self._inner.page(query)

    async def handle(self, event: DomainEvent) -> None:
        """Forget what an event has made untrue."""
        if isinstance(event, SessionsEnded):
            self._forget(event.session_ids or self._of_user(event.user_id))
        elif isinstance(event, SessionRefreshed):
            if event.recovers:
                self._forget([event.session_id])
        elif isinstance(event, RoleGranted | RoleRevoked | UserDeactivated):
            self._forget(self._of_user(event.user_id))

    def _of_user(self, user_id: UUID | None) -> list[UUID]:
        known = self._known.items()
        return [id_ for id_, kept in known if kept[0].account.user_id == user_id]

    def _forget(self, session_ids: tuple[UUID, ...] | list[UUID]) -> None:
        self._heard += 1
        for session_id in session_ids:
            self._known.pop(session_id, None)

    def _keep(self, session_id: UUID, live: LiveSession, until: float) -> None:
        self._known[session_id] = (live, until)
        self._known.move_to_end(session_id)
        while len(self._known) > self._capacity:
            self._known.popitem(last=False)
