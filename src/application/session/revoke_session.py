"""Revoke one session."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_owner
from application.authorization import lock_as_owner
from application.ports.clock import Clock
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.session.errors import SessionNotFound
from domain.session.events import EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSession:
    actor: Actor
    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSessionHandler:
    """End one session of a user; raises SessionNotFound, also for sessions of others."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    async def __call__(self, command: RevokeSession) -> None:
        require_owner(command.actor, command.user_id)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            await lock_as_owner(uow, command.actor, command.user_id, now)
            session = await uow.repository(SESSIONS).get(command.session_id)
            if session is None or session.user_id != command.user_id or not session.is_live(now):
                raise SessionNotFound
            session.end(EndReason.REVOKED, now)
            await uow.repository(SESSIONS).save(session)
            await uow.commit()
