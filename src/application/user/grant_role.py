"""Give a role to a user."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_admin, require_other
from application.authorization import lock_as_admin
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.user.views import UserView
from domain.user.role import KnownRoles, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole:
    actor: Actor
    user_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRoleHandler:
    """Give a role that exists to somebody else; having it already is fine."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    known_roles: KnownRoles

    async def __call__(self, command: GrantRole) -> UserView:
        require_admin(command.actor)
        role = self.known_roles.check(Role.parse(command.role))
        require_other(command.actor, command.user_id)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await lock_as_admin(uow, command.actor, command.user_id, now)
            user.grant(role, now)
            await uow.repository(USERS).save(user)
            await uow.commit()
        return UserView.of(user)
