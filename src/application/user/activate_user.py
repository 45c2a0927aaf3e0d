"""Activate an account."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_admin
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.user.views import UserView
from domain.user.errors import UserNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateUser:
    actor: Actor
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateUserHandler:
    """Open a deactivated account again; its old sessions stay ended."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    async def __call__(self, command: ActivateUser) -> UserView:
        require_admin(command.actor)
        async with self.unit_of_work() as uow:
            user = await uow.users.get(command.user_id)
            if user is None:
                raise UserNotFound
            user.activate(self.clock.now())
            await uow.users.save(user)
            await uow.commit()
        return UserView.of(user)
