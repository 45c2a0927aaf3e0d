"""Export what is held on a user."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.actor import Actor, require_owner
from application.file_name import file_name
from application.ports.clock import Clock
from application.ports.session_reader import SessionReader
from application.ports.user_reader import UserReader
from application.session.views import SessionRecord
from application.user.views import UserView
from domain.user.errors import UserNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportData:
    actor: Actor
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedData:
    """Everything held on one user (GDPR, articles 15 and 20), a field for each kind of record.

    Who stores another kind adds a field here, reads it in the handler, and names it in both
    drivers: `Export` in entrypoints/http/schemas.py, `of_export` in entrypoints/cli/facts.py. A
    test compares the fields with the tables that name a user. Left out are secrets (the hash of
    the password, digests of tokens) and digests of idempotency keys, which say nothing of anybody.
    """

    exported_at: datetime
    user: UserView
    sessions: tuple[SessionRecord, ...]

    @property
    def file_name(self) -> str:
        """What a file of it may be called: the user's name, made harmless."""
        return file_name(self.user.name or "", "json", otherwise="account")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportDataHandler:
    """Give all of it to its owner."""

    users: UserReader
    sessions: SessionReader
    clock: Clock

    async def __call__(self, command: ExportData) -> ExportedData:
        require_owner(command.actor, command.user_id)
        user = await self.users.get(command.user_id)
        if user is None:
            raise UserNotFound
        return ExportedData(
            exported_at=self.clock.now(),
            user=user,
            sessions=await self.sessions.list_all(user.id),
        )
