"""List a user's sessions."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_owner
from application.ports.clock import Clock
from application.ports.session_reader import SessionReader
from application.session.views import SessionView


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessions:
    actor: Actor
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessionsHandler:
    """Give the live sessions, the newest first."""

    sessions: SessionReader
    clock: Clock

    async def __call__(self, command: ListSessions) -> tuple[SessionView, ...]:
        require_owner(command.actor, command.user_id)
        return await self.sessions.list_live(command.user_id, self.clock.now())
