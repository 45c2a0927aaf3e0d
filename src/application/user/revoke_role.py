"""Revoke a role from a user."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_admin
from application.authorization import lock_as_admin
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.user.views import UserView
from domain.user.role import ADMIN, KnownRoles, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole:
    actor: Actor
    user_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRoleHandler:
    """Revoke a role; idempotent. Raises LastAdmin.

    A role that no longer exists can be revoked from a user who has it; otherwise it is refused.
    """

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    known_roles: KnownRoles

    async def __call__(self, command: RevokeRole) -> UserView:
        require_admin(command.actor)
        role = Role.parse(command.role)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await lock_as_admin(
                uow, command.actor, command.user_id, now, keep_an_admin=role == ADMIN
            )
            if role not in user.roles:
                self.known_roles.check(role)
            user.revoke(role, now)
            await uow.repository(USERS).save(user)
            await uow.commit()
        return UserView.of(user)
