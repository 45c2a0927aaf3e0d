"""Log out everywhere."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_owner
from application.authorization import lock_as_owner
from application.ports.clock import Clock
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.session.events import EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOutEverywhere:
    actor: Actor
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOutEverywhereHandler:
    """End all sessions of a user; returns their number."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    async def __call__(self, command: LogOutEverywhere) -> int:
        require_owner(command.actor, command.user_id)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await lock_as_owner(uow, command.actor, command.user_id, now)
            ended = await uow.repository(SESSIONS).end_all(user.id, EndReason.LOGGED_OUT, now)
            user.sessions_ended(ended, EndReason.LOGGED_OUT, now)
            await uow.commit()
        return len(ended)
