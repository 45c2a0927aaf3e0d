"""Take a role from a user."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_admin
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.user.last_admin import lock_replaceable
from application.user.views import UserView
from domain.user.errors import UserNotFound
from domain.user.role import ADMIN, Role
from domain.user.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole:
    actor: Actor
    user_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRoleHandler:
    """Take a role away; not having it is fine. Raises LastAdmin."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    async def __call__(self, command: RevokeRole) -> UserView:
        require_admin(command.actor)
        role = Role.parse(command.role)
        async with self.unit_of_work() as uow:
            user = await self._lock(uow, command.user_id, role)
            user.revoke(role, self.clock.now())
            await uow.users.save(user)
            await uow.commit()
        return UserView.of(user)

    @staticmethod
    async def _lock(uow: UnitOfWork, user_id: UUID, role: Role) -> User:
        if role == ADMIN:
            return await lock_replaceable(uow, user_id)
        user = await uow.users.get(user_id)
        if user is None:
            raise UserNotFound
        return user
