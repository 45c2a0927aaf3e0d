"""Activate an account."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_admin, require_other
from application.authorization import lock_as_admin
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.user.views import UserView


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateUser:
    actor: Actor
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateUserHandler:
    """Activate a deactivated account; its old sessions stay ended.

    Not for the own account.
    """

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    async def __call__(self, command: ActivateUser) -> UserView:
        require_admin(command.actor)
        require_other(command.actor, command.user_id)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await lock_as_admin(uow, command.actor, command.user_id, now)
            user.activate(now)
            await uow.repository(USERS).save(user)
            await uow.commit()
        return UserView.of(user)
