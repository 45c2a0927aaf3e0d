"""List a user's sessions."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_owner
from application.pagination import MAX_LIMIT, Cursors, Page
from application.ports.clock import Clock
from application.ports.session_reader import SessionReader
from application.session.views import SessionQuery, SessionView
from domain.errors import ValidationFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessions:
    """A page of the live sessions of a user, the newest first."""

    actor: Actor
    user_id: UUID
    limit: int = MAX_LIMIT
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessionsHandler:
    """Return a page; new sessions do not shift later pages (keyset)."""

    sessions: SessionReader
    cursors: Cursors
    clock: Clock

    async def __call__(self, command: ListSessions) -> Page[SessionView]:
        require_owner(command.actor, command.user_id)
        if not 1 <= command.limit <= MAX_LIMIT:
            raise ValidationFailed.of("limit", f"A page has 1 to {MAX_LIMIT} sessions.")
        filters, cursor = f"sessions|{command.user_id}", command.cursor
        query = SessionQuery(
            user_id=command.user_id,
            limit=command.limit + 1,
            before=None if cursor is None else self.cursors.read(cursor, filters),
            live_at=self.clock.now(),
        )
        found = await self.sessions.page(query)
        items, rest = found[: command.limit], found[command.limit :]
        return Page(items, self.cursors.write(items[-1].id, filters) if rest else None)
