"""Deactivate an account."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_admin
from application.authorization import lock_as_admin
from application.ports.clock import Clock
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.user.views import UserView
from domain.session.events import EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivateUser:
    actor: Actor
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivateUserHandler:
    """Deactivate an account and end all its sessions; raises LastAdmin."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    async def __call__(self, command: DeactivateUser) -> UserView:
        require_admin(command.actor)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await lock_as_admin(uow, command.actor, command.user_id, now, keep_an_admin=True)
            user.deactivate(now)
            ended = await uow.repository(SESSIONS).end_all(user.id, EndReason.DEACTIVATED, now)
            user.sessions_ended(ended, EndReason.DEACTIVATED, now)
            await uow.repository(USERS).save(user)
            await uow.commit()
        return UserView.of(user)
