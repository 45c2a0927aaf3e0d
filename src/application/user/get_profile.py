"""Get one's own account."""

from dataclasses import dataclass, replace

from application.actor import Account
from application.ports.user_reader import UserReader
from application.user.views import UserView
from domain.user.errors import UserNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class GetProfile:
    actor: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class GetProfileHandler:
    """Give the account of the one who asks, which may come from a cache.

    Its roles are those that decide, from the look-up of the session, which the database answers.
    """

    users: UserReader

    async def __call__(self, command: GetProfile) -> UserView:
        found = await self.users.get(command.actor.user_id)
        if found is None:
            raise UserNotFound
        return replace(found, roles=tuple(sorted(map(str, command.actor.roles))), is_active=True)
